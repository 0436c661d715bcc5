package io.steppe.agent.check;

import io.steppe.agent.check.CheckSpec.RestartRule;
import io.steppe.agent.check.CheckSpec.Target;
import io.steppe.agent.task.Interpolation;
import io.steppe.agent.task.Json;
import io.steppe.agent.task.TaskEnvironment;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.NetworkResource;
import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.Port;
import io.steppe.proto.v1.Service;
import io.steppe.proto.v1.ServiceCheck;
import io.steppe.proto.v1.Task;
import io.steppe.proto.v1.TaskGroup;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** The checks an allocation's job asks this agent to run: those of services it provides itself. */
final class CheckSpecs {
  private static final String PROVIDER = "nomad";
  private static final Duration SHORTEST = Duration.ofMillis(100);
  private static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(5);
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);

  private record Endpoint(String host, int port) {}

  private final Allocation allocation;
  private final Node node;
  private final Interpolation named;

  private CheckSpecs(Allocation allocation, TaskGroup group, Node node) {
    this.allocation = allocation;
    this.node = node;
    this.named = TaskEnvironment.ofGroup(allocation, group, node).interpolation();
  }

  static List<CheckSpec> of(Allocation allocation, TaskGroup group, Node node) {
    var specs = new CheckSpecs(allocation, group, node);
    List<CheckSpec> all = new ArrayList<>();
    group.getServicesList().forEach(service -> specs.add(service, "", all));
    for (Task task : group.getTasksList()) {
      task.getServicesList().forEach(service -> specs.add(service, task.getName(), all));
    }
    return List.copyOf(all);
  }

  private void add(Service service, String task, List<CheckSpec> to) {
    if (service.getProvider().equals(PROVIDER)) {
      service.getChecksList().forEach(check -> to.add(spec(service, check, task)));
    }
  }

  private CheckSpec spec(Service service, ServiceCheck check, String task) {
    String id = id(service, check, task);
    Duration timeout = Duration.ofNanos(check.getTimeout());
    return new CheckSpec(
        id,
        named.apply(check.getName()),
        named.apply(service.getName()),
        allocation.getName(),
        task,
        check.getOnUpdate().equals("ignore"),
        check.getOnUpdate().equals("ignore_warnings"),
        switch (check.getInitialStatus()) {
          case "passing" -> "success";
          case "critical", "warning" -> "failure";
          default -> "pending";
        },
        atLeast(Duration.ofNanos(check.getInterval())),
        timeout.isPositive()
            ? timeout.compareTo(LONGEST_TIMEOUT) > 0 ? LONGEST_TIMEOUT : timeout
            : DEFAULT_TIMEOUT,
        target(service, check, task),
        restart(service, check, task));
  }

  private static Duration atLeast(Duration interval) {
    return interval.compareTo(SHORTEST) < 0 ? SHORTEST : interval;
  }

  private String id(Service service, ServiceCheck check, String task) {
    String whole =
        String.join(
            "\0",
            allocation.getId(),
            task,
            service.getName(),
            service.getPortLabel(),
            check.toString());
    return UUID.nameUUIDFromBytes(whole.getBytes(StandardCharsets.UTF_8))
        .toString()
        .replace("-", "");
  }

  private static Optional<RestartRule> restart(Service service, ServiceCheck check, String task) {
    var rule = check.hasCheckRestart() ? check.getCheckRestart() : service.getCheckRestart();
    return rule.getLimit() <= 0
        ? Optional.empty()
        : Optional.of(
            new RestartRule(
                (int) Math.min(rule.getLimit(), Integer.MAX_VALUE),
                Duration.ofNanos(rule.getGrace()),
                rule.getIgnoreWarnings(),
                owner(service, check, task)));
  }

  private static String owner(Service service, ServiceCheck check, String task) {
    return Stream.of(task, check.getTaskName(), service.getTaskName())
        .filter(name -> !name.isEmpty())
        .findFirst()
        .orElse("");
  }

  private Target target(Service service, ServiceCheck check, String task) {
    return switch (check.getType()) {
      case "http" ->
          endpoint(service, check, task)
              .map(at -> http(check, at))
              .orElseGet(() -> new Target.Impossible("no port to check"));
      case "tcp" ->
          endpoint(service, check, task)
              .<Target>map(at -> new Target.Tcp(at.host(), at.port()))
              .orElseGet(() -> new Target.Impossible("no port to check"));
      case "script" -> script(check, owner(service, check, task));
      default -> new Target.Impossible("checks of type \"" + check.getType() + "\" are not run");
    };
  }

  private Target script(ServiceCheck check, String task) {
    if (task.isEmpty() || check.getCommand().isEmpty()) {
      return new Target.Impossible("a script needs a command and a task to run beside");
    }
    List<String> command = new ArrayList<>(List.of(named.apply(check.getCommand())));
    check.getArgsList().forEach(argument -> command.add(named.apply(argument)));
    return new Target.Script(task, command);
  }

  private Target http(ServiceCheck check, Endpoint at) {
    String scheme = check.getProtocol().isEmpty() ? "http" : check.getProtocol();
    String given = escaped(named.apply(check.getPath()));
    String path = given.startsWith("/") ? given : "/" + given;
    String host = at.host().contains(":") ? "[" + at.host() + "]" : at.host();
    try {
      return new Target.Http(
          check.getMethod().isEmpty() ? "GET" : check.getMethod().toUpperCase(Locale.ROOT),
          URI.create(scheme + "://" + host + ":" + at.port() + path),
          headers(check),
          named.apply(check.getBody()),
          check.getTlsSkipVerify());
    } catch (IllegalArgumentException | IOException e) {
      return new Target.Impossible(e.getMessage());
    }
  }

  /** What no address can hold as it is: a name that nothing has, above all. */
  private static String escaped(String path) {
    StringBuilder escaped = new StringBuilder();
    for (byte one : path.getBytes(StandardCharsets.UTF_8)) {
      if (one > ' ' && one < 0x7f && "\"<>\\^`{|}".indexOf(one) < 0) {
        escaped.append((char) one);
      } else {
        escaped.append("%%%02X".formatted(one));
      }
    }
    return escaped.toString();
  }

  private Map<String, List<String>> headers(ServiceCheck check) throws IOException {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    Json.object(check.getHeader().toByteArray())
        .forEach(
            (name, values) -> {
              List<?> list = values instanceof List<?> many ? many : List.of(values);
              headers.put(
                  name,
                  list.stream()
                      .filter(Objects::nonNull)
                      .map(value -> named.apply(String.valueOf(value)))
                      .toList());
            });
    return headers;
  }

  private Optional<Endpoint> endpoint(Service service, ServiceCheck check, String task) {
    String label = check.getPortLabel().isEmpty() ? service.getPortLabel() : check.getPortLabel();
    boolean inside =
        Stream.of("alloc", "driver").anyMatch(mode -> mode.equals(check.getAddressMode()));
    Optional<Endpoint> found = number(label).map(port -> new Endpoint(address(), port));
    if (found.isEmpty()) {
      found = mapped(label, inside).or(() -> networkPort(label, task));
    }
    return service.getAddress().isEmpty()
        ? found
        : found.map(at -> new Endpoint(service.getAddress(), at.port()));
  }

  private static Optional<Integer> number(String label) {
    try {
      int port = Integer.parseInt(label);
      return port > 0 && port <= 0xffff ? Optional.of(port) : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private Optional<Endpoint> mapped(String label, boolean inside) {
    return allocation.getAllocatedResources().getShared().getPortsList().stream()
        .filter(port -> port.getLabel().equals(label))
        .map(
            port ->
                new Endpoint(
                    orNode(port.getHostIp()),
                    (int) (inside && port.getTo() > 0 ? port.getTo() : port.getValue())))
        .findFirst();
  }

  private Optional<Endpoint> networkPort(String label, String task) {
    var resources = allocation.getAllocatedResources();
    Stream<NetworkResource> own =
        resources.getTasksMap().entrySet().stream()
            .filter(entry -> task.isEmpty() || entry.getKey().equals(task))
            .flatMap(entry -> entry.getValue().getNetworksList().stream());
    return Stream.concat(own, resources.getShared().getNetworksList().stream())
        .flatMap(
            network ->
                Stream.concat(
                        network.getReservedPortsList().stream(),
                        network.getDynamicPortsList().stream())
                    .filter(port -> port.getLabel().equals(label))
                    .map(
                        (Port port) ->
                            new Endpoint(orNode(network.getIp()), (int) port.getValue())))
        .findFirst();
  }

  private String orNode(String address) {
    return address.isEmpty() ? address() : address;
  }

  private String address() {
    String own = node.getAttributesOrDefault("unique.network.ip-address", "");
    return own.isEmpty() ? "127.0.0.1" : own;
  }
}
