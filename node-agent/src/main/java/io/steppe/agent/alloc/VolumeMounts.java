package io.steppe.agent.alloc;

import io.steppe.agent.driver.Mount;
import io.steppe.agent.task.StartFailure;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.HostVolumeInfo;
import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.Task;
import io.steppe.proto.v1.VolumeMount;
import io.steppe.proto.v1.VolumeRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The host volumes of a group, where a task wants them. */
final class VolumeMounts {
  private VolumeMounts() {}

  /**
   * @param node as fingerprinted: it says where its volumes are
   * @throws StartFailure for a volume that the node lacks by now, or may only be read
   */
  static List<Mount> of(Allocation allocation, Task task, Node node) throws StartFailure {
    List<Mount> mounts = new ArrayList<>();
    for (VolumeMount mount : task.getVolumeMountsList()) {
      VolumeRequest request = GroupSpec.group(allocation).getVolumesMap().get(mount.getVolume());
      if (request == null) {
        throw new StartFailure(
            "No group volume declaration found named: " + mount.getVolume(), false);
      }
      if (!request.getType().equals("host")) {
        throw new StartFailure(
            "volume \""
                + mount.getVolume()
                + "\": type \""
                + request.getType()
                + "\" is not supported by this agent",
            false);
      }
      mounts.add(mount(mount, request, allocation, node));
    }
    return mounts;
  }

  private static Mount mount(
      VolumeMount mount, VolumeRequest request, Allocation allocation, Node node)
      throws StartFailure {
    String source = source(request, allocation);
    HostVolumeInfo volume = node.getHostVolumesMap().get(source);
    if (volume == null) {
      throw new StartFailure("No host volume configuration found for: " + source, false);
    }
    if (volume.getReadOnly() && !request.getReadOnly()) {
      throw new StartFailure("host volume \"" + source + "\" may only be read on this node", false);
    }
    return new Mount(
        Path.of(volume.getPath()),
        Path.of("/").resolve(mount.getDestination()).normalize().toString(),
        request.getReadOnly() || mount.getReadOnly());
  }

  /** One an allocation has the allocation's index in its name. */
  private static String source(VolumeRequest request, Allocation allocation) {
    String name = allocation.getName();
    return request.getPerAlloc()
        ? request.getSource() + name.substring(Math.max(0, name.lastIndexOf('[')))
        : request.getSource();
  }
}
