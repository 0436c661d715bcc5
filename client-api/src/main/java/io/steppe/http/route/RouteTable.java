package io.steppe.http.route;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Every route that a process serves. */
public final class RouteTable {
  private final List<Route> routes;

  /**
   * A table.
   *
   * @throws IllegalArgumentException for two routes of one name, or of one method and path
   */
  public RouteTable(List<Route> routes) {
    this.routes = List.copyOf(routes);
    Set<String> seen = new HashSet<>();
    for (Route route : routes) {
      unique(seen, route.name());
      Description description = route.description();
      description.methods().forEach(method -> unique(seen, method + " " + description.path()));
    }
  }

  /** A table of the routes of several features. */
  public static RouteTable of(Route[]... features) {
    return new RouteTable(Stream.of(features).flatMap(Stream::of).toList());
  }

  /** All of them. */
  public List<Route> routes() {
    return routes;
  }

  /** The route that a request is for: of those that match, the one whose path says most. */
  public Optional<Route> find(Method method, String path) {
    return routes.stream()
        .filter(route -> route.description().matches(method, path))
        .max(Comparator.comparingInt(route -> route.description().path().literals()));
  }

  private static void unique(Set<String> seen, String key) {
    if (!seen.add(key)) {
      throw new IllegalArgumentException("Two routes are " + key);
    }
  }
}
