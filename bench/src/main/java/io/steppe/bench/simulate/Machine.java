package io.steppe.bench.simulate;

import io.steppe.proto.v1.DriverInfo;
import io.steppe.proto.v1.NetworkResource;
import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.NodeCpuResources;
import io.steppe.proto.v1.NodeDiskResources;
import io.steppe.proto.v1.NodeMemoryResources;
import io.steppe.proto.v1.NodeNetworkAddress;
import io.steppe.proto.v1.NodeNetworkResource;
import io.steppe.proto.v1.NodeReservedResources;
import io.steppe.proto.v1.NodeResources;
import java.time.Instant;
import java.util.Map;

/**
 * The machine that all simulated nodes say they are: all of it that is the same is held once.
 *
 * @param cpuMhz MHz of all cores together
 * @param memoryMb MiB
 * @param diskMb MiB
 */
record Machine(
    String datacenter, String pool, String nodeClass, int cpuMhz, int memoryMb, int diskMb) {
  private static final int CORE_MHZ = 2_000;
  private static final int SPEED_MBITS = 1_000;
  private static final int MIN_DYNAMIC_PORT = 20_000;
  private static final int MAX_DYNAMIC_PORT = 32_000;

  /** What every node registers, its driver looked at now; names, ids and addresses are missing. */
  Node common(Instant now) {
    DriverInfo mock =
        DriverInfo.newBuilder()
            .putAttributes("driver.mock_driver", "true")
            .setDetected(true)
            .setHealthy(true)
            .setHealthDescription("Healthy")
            .setUpdateTime(now.getEpochSecond() * 1_000_000_000L + now.getNano())
            .build();
    return Node.newBuilder()
        .setDatacenter(datacenter)
        .setNodePool(pool)
        .setNodeClass(nodeClass)
        .putAllAttributes(attributes())
        .putDrivers("mock_driver", mock)
        .putMeta("simulated", "true")
        .setNodeResources(resources())
        .setReservedResources(NodeReservedResources.getDefaultInstance())
        .build();
  }

  /** The node of one identity. */
  Node node(Node common, Identity identity) {
    String address = address(identity.number());
    Node.Builder node =
        common.toBuilder()
            .setId(identity.id())
            .setName(identity.name())
            .putAttributes("unique.hostname", identity.name())
            .putAttributes("unique.network.ip-address", address);
    NodeResources.Builder resources = node.getNodeResourcesBuilder();
    resources.getNetworksBuilder(0).setIp(address).setCidr(address + "/32");
    resources.getNodeNetworksBuilder(0).getAddressesBuilder(0).setAddress(address);
    return node.build();
  }

  private Map<String, String> attributes() {
    int cores = Math.max(1, cpuMhz / CORE_MHZ);
    return Map.ofEntries(
        Map.entry("kernel.name", "linux"),
        Map.entry("kernel.arch", "x86_64"),
        Map.entry("kernel.version", "6.12.0"),
        Map.entry("os.name", "debian"),
        Map.entry("os.version", "13"),
        Map.entry("cpu.arch", "amd64"),
        Map.entry("cpu.numcores", String.valueOf(cores)),
        Map.entry("cpu.frequency", String.valueOf(CORE_MHZ)),
        Map.entry("cpu.totalcompute", String.valueOf(cpuMhz)),
        Map.entry("cpu.usablecompute", String.valueOf(cpuMhz)),
        Map.entry("memory.totalbytes", String.valueOf((long) memoryMb << 20)),
        Map.entry("unique.storage.bytestotal", String.valueOf((long) diskMb << 20)),
        Map.entry("nomad.version", "2.0.5"),
        Map.entry("nomad.service_discovery", "true"),
        Map.entry("driver.mock_driver", "1"));
  }

  private NodeResources resources() {
    return NodeResources.newBuilder()
        .setCpu(
            NodeCpuResources.newBuilder()
                .setCpuShares(cpuMhz)
                .setTotalCpuCores(Math.max(1, cpuMhz / CORE_MHZ)))
        .setMemory(NodeMemoryResources.newBuilder().setMemoryMb(memoryMb))
        .setDisk(NodeDiskResources.newBuilder().setDiskMb(diskMb))
        .addNetworks(
            NetworkResource.newBuilder().setMode("host").setDevice("eth0").setMbits(SPEED_MBITS))
        .addNodeNetworks(
            NodeNetworkResource.newBuilder()
                .setMode("host")
                .setDevice("eth0")
                .setSpeed(SPEED_MBITS)
                .addAddresses(
                    NodeNetworkAddress.newBuilder().setFamily("ipv4").setAlias("default")))
        .setMinDynamicPort(MIN_DYNAMIC_PORT)
        .setMaxDynamicPort(MAX_DYNAMIC_PORT)
        .build();
  }

  private static String address(int number) {
    return "10.%d.%d.%d".formatted(number >> 16 & 0xff, number >> 8 & 0xff, number & 0xff);
  }
}
