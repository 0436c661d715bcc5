package io.steppe.agent.docker;

import io.steppe.agent.driver.Capabilities;
import io.steppe.agent.driver.Mount;
import io.steppe.agent.driver.TaskResources;
import io.steppe.agent.driver.TaskRun;
import io.steppe.agent.task.DriverConfig;
import io.steppe.agent.task.Json;
import io.steppe.agent.task.StartFailure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A run as the container it is to be. */
final class ContainerSpec {
  static final String NODE = "io.steppe.node";
  static final String ALLOCATION = "com.hashicorp.nomad.alloc_id";
  static final String TASK = "io.steppe.task";
  static final String RUN = "io.steppe.run";

  private static final Map<String, String> ROTATION = Map.of("max-size", "64m", "max-file", "3");
  private static final long QUOTA_PERIOD = 100_000;

  private final TaskRun run;
  private final DriverConfig config;
  private final DockerSettings settings;
  private final String node;

  ContainerSpec(TaskRun run, DockerSettings settings, String node) {
    this.run = run;
    this.config = run.config();
    this.settings = settings;
    this.node = node;
  }

  /** The container's name: one at a time of each task. */
  static String name(TaskRun run) {
    return run.task().replaceAll("[^a-zA-Z0-9_.-]", "_") + "-" + run.allocation();
  }

  ImageName image() throws StartFailure {
    if (config.text("image").isEmpty()) {
      throw new StartFailure("image name required for docker driver", false);
    }
    return ImageName.of(config.text("image"));
  }

  /** The registry's password as a header; empty for none. */
  String auth() {
    Map<String, String> auth = config.map("auth");
    if (auth.isEmpty()) {
      return "";
    }
    Map<String, Object> sent = new LinkedHashMap<>();
    sent.put("username", auth.getOrDefault("username", ""));
    sent.put("password", auth.getOrDefault("password", ""));
    sent.put("email", auth.getOrDefault("email", ""));
    sent.put("serveraddress", auth.getOrDefault("server_address", ""));
    return Base64.getUrlEncoder().encodeToString(Json.bytes(sent));
  }

  /**
   * The body that creates the container.
   *
   * @param rotates whether the engine keeps what it rotates out of a log; Podman cuts it off
   * @throws StartFailure for what the agent does not allow
   */
  Map<String, Object> body(boolean rotates) throws StartFailure {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("Image", image().full());
    List<String> command = new ArrayList<>();
    if (!config.text("command").isEmpty()) {
      command.add(config.text("command"));
    }
    command.addAll(config.texts("args"));
    if (!command.isEmpty()) {
      body.put("Cmd", command);
    }
    if (!config.texts("entrypoint").isEmpty()) {
      body.put("Entrypoint", config.texts("entrypoint"));
    }
    body.put(
        "Env",
        run.environment().entrySet().stream()
            .map(variable -> variable.getKey() + "=" + variable.getValue())
            .toList());
    put(body, "User", run.user());
    put(body, "WorkingDir", config.text("work_dir"));
    put(body, "Hostname", config.text("hostname"));
    body.put("Labels", labels());
    Map<String, Object> bindings = portBindings();
    Map<String, Object> exposed = new LinkedHashMap<>();
    bindings.keySet().forEach(port -> exposed.put(port, Map.of()));
    body.put("ExposedPorts", exposed);
    Map<String, Object> host = host(rotates);
    host.put("PortBindings", bindings);
    body.put("HostConfig", host);
    return body;
  }

  private static void put(Map<String, Object> object, String name, String value) {
    if (!value.isEmpty()) {
      object.put(name, value);
    }
  }

  private Map<String, Object> labels() {
    Map<String, Object> labels = new LinkedHashMap<>(config.map("labels"));
    labels.put(NODE, node);
    labels.put(ALLOCATION, run.allocation());
    labels.put(TASK, run.task());
    labels.put(RUN, String.valueOf(run.number()));
    return labels;
  }

  private Map<String, Object> host(boolean rotates) throws StartFailure {
    Map<String, Object> host = new LinkedHashMap<>();
    host.put("Binds", binds());
    put(host, "NetworkMode", config.text("network_mode"));
    for (Map.Entry<String, String> list :
        Map.of(
                "Dns", "dns_servers",
                "DnsSearch", "dns_search_domains",
                "ExtraHosts", "extra_hosts")
            .entrySet()) {
      if (!config.texts(list.getValue()).isEmpty()) {
        host.put(list.getKey(), config.texts(list.getValue()));
      }
    }
    host.put("ReadonlyRootfs", config.flag("readonly_rootfs"));
    host.put("Init", config.flag("init"));
    if (config.number("shm_size", 0) > 0) {
      host.put("ShmSize", config.number("shm_size", 0));
    }
    putRights(host);
    putLimits(host);
    putLogging(host, rotates);
    return host;
  }

  private void putRights(Map<String, Object> host) throws StartFailure {
    if (config.flag("privileged")) {
      if (!settings.allowPrivileged()) {
        throw new StartFailure("Docker privileged mode is disabled on this Nomad agent", false);
      }
      host.put("Privileged", true);
      return;
    }
    Capabilities capabilities =
        Capabilities.of(
            settings.allowedCapabilities(), config.texts("cap_add"), config.texts("cap_drop"));
    host.put("CapDrop", List.of("ALL"));
    host.put(
        "CapAdd",
        capabilities.possible().stream().map(name -> name.toUpperCase(Locale.ROOT)).toList());
  }

  private void putLimits(Map<String, Object> host) {
    TaskResources resources = run.resources();
    if (resources.cpuShares() > 0) {
      host.put("CpuShares", resources.cpuShares());
    }
    if (config.flag("cpu_hard_limit") && resources.processors() > 0) {
      host.put("CpuPeriod", QUOTA_PERIOD);
      host.put("CpuQuota", Math.max(1_000, Math.round(resources.processors() * QUOTA_PERIOD)));
    }
    if (!resources.cores().isEmpty()) {
      host.put(
          "CpusetCpus", String.join(",", resources.cores().stream().map(String::valueOf).toList()));
    }
    if (resources.memoryLimit() > 0) {
      host.put("Memory", resources.memoryLimit());
      host.put("MemorySwap", resources.memoryLimit());
    }
    if (resources.memoryMaxMb() > resources.memoryMb()) {
      host.put("MemoryReservation", resources.memoryMb() << 20);
    }
    host.put("PidsLimit", config.number("pids_limit", settings.pids()));
  }

  /** The engine's own log is bounded unless the job says how; the agent copies it as it grows. */
  private void putLogging(Map<String, Object> host, boolean rotates) {
    Map<String, String> logging = new HashMap<>(config.map("logging"));
    String type = logging.getOrDefault("type", logging.getOrDefault("driver", ""));
    host.put(
        "LogConfig",
        type.isEmpty()
            ? Map.of("Type", "json-file", "Config", rotates ? ROTATION : Map.of())
            : Map.of("Type", type, "Config", config.innerMap("logging", "config")));
  }

  private List<String> binds() throws StartFailure {
    List<String> binds = new ArrayList<>();
    binds.add(run.folders().shared() + ":/alloc");
    binds.add(run.folders().local() + ":/local");
    binds.add(run.folders().secrets() + ":/secrets");
    for (Mount mount : run.mounts()) {
      binds.add(mount.outside() + ":" + mount.inside() + (mount.readOnly() ? ":ro" : ""));
    }
    for (String volume : config.texts("volumes")) {
      String[] parts = volume.split(":", 2);
      if (parts.length < 2) {
        throw new StartFailure("invalid volume \"" + volume + "\"", false);
      }
      Path source = run.directory().resolve(parts[0]).normalize();
      boolean own = !parts[0].startsWith("/") && source.startsWith(run.directory());
      if (!own && !settings.allowVolumes()) {
        throw new StartFailure(
            "volumes are not enabled; cannot mount host paths: \"" + volume + "\"", false);
      }
      binds.add((own ? source.toString() : parts[0]) + ":" + parts[1]);
    }
    return binds;
  }

  private Map<String, Object> portBindings() throws StartFailure {
    Map<String, Object> bindings = new LinkedHashMap<>();
    Map<String, String> mapped = config.map("port_map");
    for (TaskResources.Mapped port : run.resources().ports()) {
      String inside = mapped.get(port.label());
      if (inside == null && config.texts("ports").contains(port.label())) {
        inside = String.valueOf(port.inside());
      }
      if (inside != null) {
        for (String protocol : List.of("tcp", "udp")) {
          bindings.put(
              inside + "/" + protocol,
              List.of(Map.of("HostIp", port.hostIp(), "HostPort", String.valueOf(port.value()))));
        }
      }
    }
    for (String label : config.texts("ports")) {
      if (run.resources().ports().stream().noneMatch(port -> port.label().equals(label))) {
        throw new StartFailure("Port \"" + label + "\" not found, check network block", false);
      }
    }
    return bindings;
  }
}
