package io.steppe.agent.fingerprint;

import io.steppe.proto.v1.HostVolumeInfo;
import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.NodeCpuResources;
import io.steppe.proto.v1.NodeDiskResources;
import io.steppe.proto.v1.NodeMemoryResources;
import io.steppe.proto.v1.NodeProcessors;
import io.steppe.proto.v1.NodeReservedResources;
import io.steppe.proto.v1.NodeResources;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a machine is and has, as a node tells it: read from {@code /proc}, {@code /sys} and {@code
 * /etc}.
 */
public final class Fingerprint {
  /** The Nomad version whose API and behaviour clients may count on. */
  private static final String NOMAD_VERSION = "2.0.5";

  private static final String SIGNALS =
      "SIGABRT,SIGALRM,SIGBUS,SIGCONT,SIGFPE,SIGHUP,SIGILL,SIGINT,SIGIO,SIGIOT,SIGKILL,SIGPIPE,SIGPROF,SIGQUIT,SIGSEGV,SIGSTOP,"
          + "SIGSYS,SIGTERM,SIGTRAP,SIGTSTP,SIGTTIN,SIGTTOU,SIGUSR1,SIGUSR2,SIGWINCH,SIGXCPU,SIGXFSZ";

  private final NodeSettings settings;
  private final NodeIdentity identity;
  private final Path data;
  private final String version;
  private final HostFiles files = new HostFiles(Path.of("/"));

  /**
   * @param data the agent's folder: its file system is what tasks may fill
   * @param version of the agent
   */
  public Fingerprint(NodeSettings settings, NodeIdentity identity, Path data, String version) {
    this.settings = settings;
    this.identity = identity;
    this.data = data;
    this.version = version;
  }

  /**
   * Looks at the machine. The node has no drivers yet, and no status and no indexes: those are the
   * control plane's.
   */
  public Node take() throws IOException {
    Processors processors = Processors.read(files);
    Networks networks = Networks.read(files, settings.networkInterface());
    FileStore disk = Files.getFileStore(data);
    String hostname = hostname();
    long memoryBytes = settings.memoryMb().map(mb -> mb << 20).orElseGet(this::memory);
    long compute = settings.cpuTotalCompute().orElseGet(processors::totalCompute);

    Map<String, String> attributes = new TreeMap<>();
    putProcessors(attributes, processors, compute);
    putSystem(attributes);
    attributes.put("memory.totalbytes", String.valueOf(memoryBytes));
    attributes.put("unique.hostname", hostname);
    attributes.put("unique.network.ip-address", networks.address());
    attributes.put("unique.storage.volume", disk.name());
    attributes.put("unique.storage.bytestotal", String.valueOf(disk.getTotalSpace()));
    attributes.put("unique.storage.bytesfree", String.valueOf(disk.getUsableSpace()));
    attributes.put("nomad.version", NOMAD_VERSION);
    attributes.put("steppe.version", version);
    attributes.put("nomad.service_discovery", "true");

    return Node.newBuilder()
        .setId(identity.id())
        .setName(settings.name().isEmpty() ? hostname : settings.name())
        .setDatacenter(settings.datacenter())
        .setNodePool(settings.pool())
        .setNodeClass(settings.nodeClass())
        .setHttpAddr(HttpAddress.on(settings.httpAddress(), networks.address()))
        .setTlsEnabled(settings.httpsServed())
        .putAllMeta(settings.meta())
        .putAllLinks(settings.links())
        .putAllHostVolumes(hostVolumes())
        .putAllAttributes(attributes)
        .setNodeResources(
            resources(processors, networks, compute, memoryBytes, disk.getUsableSpace()))
        .setReservedResources(NodeReservedResources.getDefaultInstance())
        .build();
  }

  private Map<String, HostVolumeInfo> hostVolumes() throws IOException {
    Map<String, HostVolumeInfo> volumes = new TreeMap<>();
    for (Map.Entry<String, NodeSettings.HostVolume> entry : settings.hostVolumes().entrySet()) {
      Path path = entry.getValue().path();
      if (!path.isAbsolute() || !Files.exists(path)) {
        throw new IOException(
            "host volume \"" + entry.getKey() + "\": there is no " + path + " (an absolute path)");
      }
      volumes.put(
          entry.getKey(),
          HostVolumeInfo.newBuilder()
              .setName(entry.getKey())
              .setPath(path.toString())
              .setReadOnly(entry.getValue().readOnly())
              .build());
    }
    return volumes;
  }

  private NodeResources resources(
      Processors processors, Networks networks, long compute, long memoryBytes, long diskBytes) {
    long override = settings.cpuTotalCompute().orElse(0L);
    return NodeResources.newBuilder()
        .setCpu(
            NodeCpuResources.newBuilder()
                .setCpuShares(compute)
                .setTotalCpuCores(processors.cores().size())
                .addAllReservableCpuCores(
                    processors.cores().stream().map(core -> core.getId()).toList()))
        .setProcessors(NodeProcessors.newBuilder().setTopology(processors.topology(override)))
        .setMemory(NodeMemoryResources.newBuilder().setMemoryMb(memoryBytes >> 20))
        .setDisk(NodeDiskResources.newBuilder().setDiskMb(diskBytes >> 20))
        .addNodeNetworks(networks.node())
        .addAllNetworks(networks.resources())
        .setMinDynamicPort(settings.dynamicPorts().min())
        .setMaxDynamicPort(settings.dynamicPorts().max())
        .build();
  }

  private void putProcessors(Map<String, String> attributes, Processors processors, long compute) {
    attributes.put("cpu.arch", processors.architecture());
    attributes.put("cpu.frequency", String.valueOf(processors.speedMhz()));
    attributes.put("cpu.modelname", processors.model());
    attributes.put("cpu.numcores", String.valueOf(processors.cores().size()));
    attributes.put("cpu.totalcompute", String.valueOf(compute));
    attributes.put("cpu.usablecompute", String.valueOf(compute));
    attributes.put("cpu.reservablecores", String.valueOf(processors.cores().size()));
    attributes.put("numa.node.count", "1");
    attributes.put("numa.node0.cores", processors.ranges());
  }

  private void putSystem(Map<String, String> attributes) {
    attributes.put("kernel.name", System.getProperty("os.name").toLowerCase(Locale.ROOT));
    attributes.put(
        "kernel.version",
        files.text("proc/sys/kernel/osrelease").orElseGet(() -> System.getProperty("os.version")));
    attributes.put(
        "kernel.arch",
        System.getProperty("os.arch").equals("amd64") ? "x86_64" : System.getProperty("os.arch"));
    attributes.put("os.signals", SIGNALS);
    attributes.put(
        "os.cgroups.version", files.exists("sys/fs/cgroup/cgroup.controllers") ? "2" : "1");
    release("ID").ifPresent(name -> attributes.put("os.name", name));
    String fallback = release("VERSION_ID").orElse("");
    String debian =
        release("ID")
            .filter("debian"::equals)
            .flatMap(id -> files.text("etc/debian_version"))
            .orElse(fallback);
    attributes.put("os.version", debian);
  }

  private Optional<String> release(String key) {
    return files.lines("etc/os-release").stream()
        .filter(line -> line.startsWith(key + "="))
        .map(line -> line.substring(key.length() + 1).replace("\"", ""))
        .findFirst();
  }

  private long memory() {
    return files.lines("proc/meminfo").stream()
        .filter(line -> line.startsWith("MemTotal:"))
        .map(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
        .findFirst()
        .orElse(0L);
  }

  private String hostname() {
    return files
        .text("proc/sys/kernel/hostname")
        .filter(name -> !name.isEmpty())
        .orElseGet(Fingerprint::resolvedHostname);
  }

  private static String resolvedHostname() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }
}
