package io.steppe.agent.task;

import io.steppe.proto.v1.AllocatedTaskResources;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.NetworkResource;
import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.Port;
import io.steppe.proto.v1.Task;
import io.steppe.proto.v1.TaskGroup;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a task finds in its environment, and what its settings may refer to: the {@code NOMAD_*}
 * variables, the job's own, the machine's, and the node's attributes.
 */
public final class TaskEnvironment {
  private static final Pattern NOT_A_NAME = Pattern.compile("[^a-zA-Z0-9_]");

  private final Map<String, String> variables;
  private final Node node;

  private TaskEnvironment(Map<String, String> variables, Node node) {
    this.variables = variables;
    this.node = node;
  }

  /**
   * The environment of a task.
   *
   * @param host variables of the machine, overridden by all others
   * @param region the cluster's region
   */
  public static TaskEnvironment of(
      Allocation allocation,
      TaskGroup group,
      Task task,
      TaskFolders folders,
      Node node,
      String region,
      Map<String, String> host) {
    Map<String, String> variables = new LinkedHashMap<>(host);
    putPlaces(variables, folders);
    putNames(variables, allocation, node, region);
    variables.put("NOMAD_TASK_NAME", task.getName());
    putResources(
        variables,
        allocation
            .getAllocatedResources()
            .getTasksOrDefault(task.getName(), AllocatedTaskResources.getDefaultInstance()));
    putPorts(variables, allocation, task.getName());
    putMeta(variables, allocation.getJob().getMetaMap(), group.getMetaMap(), task.getMetaMap());
    var base = new TaskEnvironment(variables, node);
    Interpolation interpolation = base.interpolation();
    Map<String, String> own = new LinkedHashMap<>();
    task.getEnvMap()
        .forEach(
            (name, value) ->
                own.put(cleanDots(interpolation.apply(name)), interpolation.apply(value)));
    Map<String, String> all = new LinkedHashMap<>(variables);
    all.putAll(own);
    return new TaskEnvironment(all, node);
  }

  /** What a group's tasks have in common, for what belongs to none of them: its checks. */
  public static TaskEnvironment ofGroup(Allocation allocation, TaskGroup group, Node node) {
    Map<String, String> variables = new LinkedHashMap<>();
    putNames(variables, allocation, node, "");
    putPorts(variables, allocation, "");
    putMeta(variables, allocation.getJob().getMetaMap(), group.getMetaMap());
    return new TaskEnvironment(variables, node);
  }

  /** Name to value, as the process gets them. */
  public Map<String, String> variables() {
    return variables;
  }

  /**
   * Replaces references to the environment ({@code env.X} or X), the node, its attributes and meta.
   */
  public Interpolation interpolation() {
    return new Interpolation(this::lookup);
  }

  private Optional<String> lookup(String name) {
    return switch (name) {
      case "node.unique.id" -> Optional.of(node.getId());
      case "node.unique.name" -> Optional.of(node.getName());
      case "node.datacenter" -> Optional.of(node.getDatacenter());
      case "node.region" -> Optional.ofNullable(variables.get("NOMAD_REGION"));
      case "node.class" -> Optional.of(node.getNodeClass());
      case "node.pool" -> Optional.of(node.getNodePool());
      default -> lookupIn(name);
    };
  }

  private Optional<String> lookupIn(String name) {
    if (name.startsWith("attr.")) {
      return Optional.ofNullable(node.getAttributesMap().get(name.substring("attr.".length())));
    }
    if (name.startsWith("meta.")) {
      return Optional.ofNullable(node.getMetaMap().get(name.substring("meta.".length())));
    }
    return Optional.ofNullable(
        variables.get(name.startsWith("env.") ? name.substring("env.".length()) : name));
  }

  private static void putPlaces(Map<String, String> variables, TaskFolders folders) {
    variables.put("NOMAD_ALLOC_DIR", folders.shared().toString());
    variables.put("NOMAD_TASK_DIR", folders.local().toString());
    variables.put("NOMAD_SECRETS_DIR", folders.secrets().toString());
  }

  private static void putNames(
      Map<String, String> variables, Allocation allocation, Node node, String region) {
    Job job = allocation.getJob();
    String id = allocation.getId();
    variables.put("NOMAD_ALLOC_ID", id);
    variables.put("NOMAD_SHORT_ALLOC_ID", id.substring(0, Math.min(8, id.length())));
    variables.put("NOMAD_ALLOC_NAME", allocation.getName());
    index(allocation.getName()).ifPresent(index -> variables.put("NOMAD_ALLOC_INDEX", index));
    variables.put("NOMAD_GROUP_NAME", allocation.getTaskGroup());
    variables.put("NOMAD_JOB_ID", job.getId());
    variables.put("NOMAD_JOB_NAME", job.getName());
    if (!job.getParentId().isEmpty()) {
      variables.put("NOMAD_JOB_PARENT_ID", job.getParentId());
    }
    variables.put("NOMAD_NAMESPACE", allocation.getNamespace());
    variables.put("NOMAD_REGION", job.getRegion().isEmpty() ? region : job.getRegion());
    variables.put("NOMAD_DC", node.getDatacenter());
  }

  /** The number in {@code job.group[number]}. */
  private static Optional<String> index(String name) {
    int open = name.lastIndexOf('[');
    return open >= 0 && name.endsWith("]")
        ? Optional.of(name.substring(open + 1, name.length() - 1))
        : Optional.empty();
  }

  private static void putResources(
      Map<String, String> variables, AllocatedTaskResources resources) {
    variables.put("NOMAD_CPU_LIMIT", String.valueOf(resources.getCpu().getCpuShares()));
    variables.put("NOMAD_MEMORY_LIMIT", String.valueOf(resources.getMemory().getMemoryMb()));
    if (resources.getMemory().getMemoryMaxMb() > 0) {
      variables.put(
          "NOMAD_MEMORY_MAX_LIMIT", String.valueOf(resources.getMemory().getMemoryMaxMb()));
    }
    if (resources.getCpu().getReservedCoresCount() > 0) {
      variables.put(
          "NOMAD_CPU_CORES",
          resources.getCpu().getReservedCoresList().stream()
              .map(String::valueOf)
              .collect(Collectors.joining(",")));
    }
  }

  private static void putPorts(Map<String, String> variables, Allocation allocation, String task) {
    var resources = allocation.getAllocatedResources();
    resources
        .getTasksMap()
        .forEach(
            (name, given) ->
                given
                    .getNetworksList()
                    .forEach(network -> putTaskPorts(variables, network, name, name.equals(task))));
    resources
        .getShared()
        .getNetworksList()
        .forEach(
            network ->
                ports(network).forEach(port -> putPort(variables, "", port, network.getIp())));
    resources
        .getShared()
        .getPortsList()
        .forEach(
            mapping ->
                putPort(
                    variables,
                    "",
                    Port.newBuilder()
                        .setLabel(mapping.getLabel())
                        .setValue(mapping.getValue())
                        .setTo(mapping.getTo())
                        .build(),
                    mapping.getHostIp()));
  }

  private static void putTaskPorts(
      Map<String, String> variables, NetworkResource network, String task, boolean own) {
    ports(network)
        .forEach(
            port -> {
              if (own) {
                putPort(variables, "", port, network.getIp());
              }
              putPort(variables, task + "_", port, network.getIp());
            });
  }

  private static Stream<Port> ports(NetworkResource network) {
    return Stream.concat(
        network.getReservedPortsList().stream(), network.getDynamicPortsList().stream());
  }

  private static void putPort(Map<String, String> variables, String prefix, Port port, String ip) {
    String label = clean(prefix + port.getLabel());
    long inside = port.getTo() > 0 ? port.getTo() : port.getValue();
    variables.put("NOMAD_IP_" + label, ip);
    variables.put("NOMAD_PORT_" + label, String.valueOf(inside));
    variables.put("NOMAD_ADDR_" + label, address(ip, port.getValue()));
    variables.put("NOMAD_HOST_PORT_" + label, String.valueOf(port.getValue()));
    variables.put("NOMAD_HOST_IP_" + label, ip);
    variables.put("NOMAD_HOST_ADDR_" + label, address(ip, port.getValue()));
    variables.put("NOMAD_ALLOC_PORT_" + label, String.valueOf(inside));
  }

  private static String address(String ip, long port) {
    return ip.contains(":") ? "[" + ip + "]:" + port : ip + ":" + port;
  }

  @SafeVarargs
  private static void putMeta(Map<String, String> variables, Map<String, String>... fromOutside) {
    Map<String, String> meta = new LinkedHashMap<>();
    for (Map<String, String> one : fromOutside) {
      meta.putAll(one);
    }
    meta.forEach(
        (key, value) -> {
          variables.put("NOMAD_META_" + clean(key), value);
          variables.put("NOMAD_META_" + clean(key).toUpperCase(Locale.ROOT), value);
        });
  }

  private static String clean(String name) {
    return NOT_A_NAME.matcher(name).replaceAll("_");
  }

  /** A variable the job names itself keeps all but what no environment can hold. */
  private static String cleanDots(String name) {
    return name.replace('=', '_').replace('\0', '_');
  }
}
