package io.steppe.node.registration;

import io.steppe.proto.v1.DriverInfo;
import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.NodeCpuResources;
import io.steppe.proto.v1.NodeMemoryResources;
import io.steppe.proto.v1.NodeResources;
import java.util.UUID;

/** Nodes as agents fingerprint them. */
public final class TestNodes {
  private TestNodes() {}

  public static Node any() {
    return named(UUID.randomUUID().toString());
  }

  public static Node named(String id) {
    return Node.newBuilder()
        .setId(id)
        .setName("node-" + id.substring(0, 8))
        .setDatacenter("dc1")
        .putAttributes("nomad.version", "2.0.5")
        .putAttributes("kernel.name", "linux")
        .putAttributes("unique.hostname", "host-" + id)
        .putAttributes("unique.network.ip-address", "127.0.0.1")
        .putDrivers(
            "raw_exec",
            DriverInfo.newBuilder()
                .setDetected(true)
                .setHealthy(true)
                .setHealthDescription("Healthy")
                .setUpdateTime(1)
                .build())
        .setNodeResources(
            NodeResources.newBuilder()
                .setCpu(NodeCpuResources.newBuilder().setCpuShares(4000).setTotalCpuCores(2))
                .setMemory(NodeMemoryResources.newBuilder().setMemoryMb(8192)))
        .build();
  }
}
