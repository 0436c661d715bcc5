package io.steppe.http.route;

import java.util.Optional;
import java.util.stream.Stream;

/** Methods that routes have. */
public enum Method {
  GET,
  PUT,
  POST,
  DELETE;

  /** The method of a name; none for one that no route has. */
  public static Optional<Method> of(String name) {
    return Stream.of(values()).filter(method -> method.name().equals(name)).findFirst();
  }
}
