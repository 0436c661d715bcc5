package io.steppe.gateway.answer;

import io.steppe.acl.Right;
import io.steppe.http.failure.Refusal;
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

  /**
   * One object, that says itself in which namespace it is.
   *
   * @param subjects what is looked at before, as if it were there; none to look only then
   * @param hidden said of an object that may not be seen
   */
  record OfObject(List<String> subjects, Refusal hidden) implements Scope {}

  /**
   * A list for everybody.
   *
   * @param shown only what this right covers
   */
  record Listed(Right shown) implements Scope {}

  /** All of it: its caller was let through before. */
  record Admitted() implements Scope {}

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

  /** One object, in a namespace that is known when it is; nobody sees any without rights there. */
  static Scope ofObject(String namespace) {
    return new OfObject(List.of(namespace), Refusal.denied());
  }
}
