package io.steppe.gateway.answer;

import io.steppe.acl.Right;
import java.util.List;
import java.util.Optional;

/** What of a read's answer its caller may see. */
public sealed interface Scope {
  /**
   * What the route's rights are about is known before anything is read.
   *
   * @param subjects of the rights, in their order
   * @param shown of a list, only what this right covers is shown; none for all of it
   */
  record Known(List<String> subjects, Optional<Right> shown) implements Scope {}

  /** One object, that says itself in which namespace it is. */
  record OfObject() implements Scope {}

  /** All of it; the route's rights are about these, or nothing. */
  static Scope about(String... subjects) {
    return new Known(List.of(subjects), Optional.empty());
  }

  /** What is in a namespace; with "*" in all those that a right covers. */
  static Scope namespace(String namespace, Right right) {
    return new Known(
        List.of(namespace), namespace.equals("*") ? Optional.of(right) : Optional.empty());
  }

  /** What a right covers, if it is anything. */
  static Scope shown(Right right, String... subjects) {
    return new Known(List.of(subjects), Optional.of(right));
  }

  /** One object, in a namespace that is known when it is. */
  static Scope ofObject() {
    return new OfObject();
  }
}
