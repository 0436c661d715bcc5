package io.steppe.diagnostics.host;

import io.steppe.proto.v1.AgentHost;
import io.steppe.proto.v1.AgentHostDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What the machine that a process runs on looks like from within it. */
public final class HostDocument {
  /** Files of the machine are shown up to here. */
  private static final int FILE_BYTES = 64 << 10;

  private static final long MB = 1 << 20;

  /** File systems that hold nothing of the machine's disks. */
  private static final Set<String> NO_DISKS =
      Set.of(
          "proc",
          "sysfs",
          "cgroup",
          "cgroup2",
          "devpts",
          "mqueue",
          "debugfs",
          "tracefs",
          "securityfs",
          "bpf",
          "pstore",
          "autofs",
          "nsfs",
          "binfmt_misc",
          "configfs",
          "fusectl",
          "hugetlbfs",
          "rpc_pipefs");

  private HostDocument() {}

  /** The document; what can't be read is left empty. */
  public static AgentHost ofThisMachine() {
    AgentHost.Builder host =
        AgentHost.newBuilder()
            .setOs(os())
            .setHosts(file("/etc/hosts"))
            .setResolvConf(file("/etc/resolv.conf"))
            .setNetwork(Addresses.json())
            .putAllDisk(disks());
    new TreeMap<>(System.getenv())
        .forEach((name, value) -> host.putEnvironment(name, Secrets.shown(name, value)));
    return host.build();
  }

  private static String os() {
    String machine = System.getProperty("os.arch").replace("amd64", "x86_64");
    List<String> parts =
        List.of(
            machine,
            file("/proc/sys/kernel/hostname").strip(),
            System.getProperty("os.version"),
            System.getProperty("os.name"),
            file("/proc/sys/kernel/version").strip());
    return String.join(" ", parts.stream().filter(part -> !part.isEmpty()).toList());
  }

  private static Map<String, AgentHostDisk> disks() {
    Map<String, AgentHostDisk> disks = new TreeMap<>();
    for (FileStore store : FileSystems.getDefault().getFileStores()) {
      String text = store.toString();
      int space = text.lastIndexOf(" (");
      String mount = space < 0 ? text : text.substring(0, space);
      try {
        long total = store.getTotalSpace();
        if (total > 0 && !NO_DISKS.contains(store.type())) {
          disks.put(
              mount,
              AgentHostDisk.newBuilder()
                  .setDiskMb(total / MB)
                  .setUsedMb((total - store.getUnallocatedSpace()) / MB)
                  .build());
        }
      } catch (IOException e) {
        // A mount that this process may not look at.
        disks.remove(mount);
      }
    }
    return disks;
  }

  private static String file(String path) {
    try (var in = Files.newInputStream(Path.of(path))) {
      return new String(in.readNBytes(FILE_BYTES), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }
}
