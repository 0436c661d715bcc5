package io.steppe.gateway.rights;

import io.steppe.acl.Access;
import io.steppe.acl.Right;
import io.steppe.http.route.Description;
import io.steppe.http.route.Method;
import io.steppe.http.route.Route;
import io.steppe.http.route.RouteTable;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** The table of routes and rights, as the documentation has it. */
final class RoutesDocument {
  private RoutesDocument() {}

  static String of(RouteTable table) {
    return table.routes().stream()
        .map(Route::description)
        .sorted(
            Comparator.comparing((Description description) -> description.path().toString())
                .thenComparing(RoutesDocument::methods))
        .map(RoutesDocument::row)
        .collect(Collectors.joining("", "| route | right | what it is |\n|---|---|---|\n", ""));
  }

  private static String row(Description description) {
    String rights =
        description.rights().stream()
            .map(RoutesDocument::right)
            .collect(Collectors.joining(" and "));
    return "| %s `%s` | %s | %s |\n"
        .formatted(methods(description), description.path(), rights, description.summary());
  }

  private static String methods(Description description) {
    return description.methods().size() == Method.values().length
        ? "any"
        : description.methods().stream().sorted().map(Enum::name).collect(Collectors.joining(", "));
  }

  private static String right(Right right) {
    return switch (right) {
      case Right.None none -> "none";
      case Right.AnyToken any -> "any token";
      case Right.Management management -> "management";
      case Right.Node(Access access) -> "node:" + text(access);
      case Right.Agent(Access access) -> "agent:" + text(access);
      case Right.Operator(Access access) -> "operator:" + text(access);
      case Right.Quota(Access access) -> "quota:" + text(access);
      case Right.Plugin(Access access) -> "plugin:" + text(access);
      case Right.Namespace(Set<String> anyOf) -> named("namespace", anyOf);
      case Right.NodePool(Set<String> anyOf) -> named("node_pool", anyOf);
      case Right.HostVolume(Set<String> anyOf) -> named("host_volume", anyOf);
      case Right.Depends(String how) -> how;
    };
  }

  private static String named(String kind, Set<String> anyOf) {
    List<String> sorted = anyOf.stream().sorted().map(one -> kind + ":" + one).toList();
    return sorted.isEmpty() ? "anything in the " + kind : String.join(" or ", sorted);
  }

  private static String text(Access access) {
    return access.name().toLowerCase(Locale.ROOT);
  }
}
