package io.steppe.http.route;

import com.google.protobuf.Message;
import io.steppe.acl.Right;
import io.steppe.http.failure.Refusal;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a route is: how it is asked, what its caller needs, what it takes, gives and refuses. Made
 * by one of {@link #get}, {@link #write}, {@link #put}, {@link #delete} and {@link #any}, and
 * completed by what follows.
 *
 * @param methods that it has
 * @param path where it is
 * @param summary one line, for people
 * @param rights a caller needs all of them
 * @param parameters of the query, beside those of its traits
 * @param body what it takes, by an empty one; none where it takes nothing
 * @param gives its answer
 * @param traits what it has in common with others
 * @param refusals statuses and texts of failures, where they are not the defaults
 */
public record Description(
    Set<Method> methods,
    PathTemplate path,
    String summary,
    List<Right> rights,
    List<Parameter> parameters,
    Optional<Message> body,
    Gives gives,
    Set<Trait> traits,
    Map<Kind, Row> refusals) {

  private static final Map<Kind, Row> DEFAULTS =
      Map.of(
          Kind.NOT_FOUND, Row.of(404),
          Kind.INVALID, Row.of(500),
          Kind.UNAUTHENTICATED, new Row(403, Optional.of("Permission denied")),
          Kind.DENIED, new Row(403, Optional.of("Permission denied")),
          Kind.CONFLICT, Row.of(500),
          Kind.UNAVAILABLE, Row.of(500),
          Kind.INTERNAL, Row.of(500));

  /**
   * What a client is told of a failure.
   *
   * @param text in place of what the service says, which stands where it has {@code %s}
   */
  public record Row(int status, Optional<String> text) {
    Refusal refusal(Failure failure) {
      String said = failure.getMessage();
      return new Refusal(status, text.map(whole -> whole.replace("%s", said)).orElse(said));
    }

    static Row of(int status) {
      return new Row(status, Optional.empty());
    }
  }

  /** A route that is read. */
  public static Description get(String path, String summary) {
    return begun(EnumSet.of(Method.GET), path, summary);
  }

  /** A route that is written, by PUT or POST. */
  public static Description write(String path, String summary) {
    return begun(EnumSet.of(Method.PUT, Method.POST), path, summary);
  }

  /** A route that is written, by PUT alone. */
  public static Description put(String path, String summary) {
    return begun(EnumSet.of(Method.PUT), path, summary);
  }

  /** A route that forgets something. */
  public static Description delete(String path, String summary) {
    return begun(EnumSet.of(Method.DELETE), path, summary);
  }

  /** A route whose method is not looked at. */
  public static Description any(String path, String summary) {
    return begun(EnumSet.allOf(Method.class), path, summary);
  }

  private static Description begun(Set<Method> methods, String path, String summary) {
    return new Description(
        Set.copyOf(methods),
        PathTemplate.of(path),
        summary,
        List.of(),
        List.of(),
        Optional.empty(),
        new Gives.Nothing(),
        Set.of(),
        Map.of());
  }

  /** Needs a right, beside those named before. A route without any is let nobody through. */
  public Description needs(Right right) {
    List<Right> more = new ArrayList<>(rights);
    more.add(right);
    return new Description(
        methods, path, summary, List.copyOf(more), parameters, body, gives, traits, refusals);
  }

  /** Takes parameters in the query. */
  public Description takes(Parameter... given) {
    List<Parameter> more = new ArrayList<>(parameters);
    more.addAll(List.of(given));
    return new Description(
        methods, path, summary, rights, List.copyOf(more), body, gives, traits, refusals);
  }

  /** Takes a body. */
  public Description takes(Message prototype) {
    return new Description(
        methods,
        path,
        summary,
        rights,
        parameters,
        Optional.of(prototype),
        gives,
        traits,
        refusals);
  }

  /** Gives an answer. */
  public Description gives(Gives answer) {
    return new Description(
        methods, path, summary, rights, parameters, body, answer, traits, refusals);
  }

  /** Is like others. */
  public Description is(Trait... given) {
    Set<Trait> more = EnumSet.noneOf(Trait.class);
    more.addAll(traits);
    more.addAll(List.of(given));
    return new Description(
        methods, path, summary, rights, parameters, body, gives, Set.copyOf(more), refusals);
  }

  /** Answers a kind of failure with a status, and the text that the service says. */
  public Description refuses(Kind kind, int status) {
    return refuses(kind, Row.of(status));
  }

  /** Answers a kind of failure with a status and a text; {@code %s} is what the service says. */
  public Description refuses(Kind kind, int status, String text) {
    return refuses(kind, new Row(status, Optional.of(text)));
  }

  /**
   * Says what is wrong with what can be no token, as clients know of those who read tokens
   * themselves; other routes deny without a word.
   *
   * @param text in which {@code %s} is what is wrong
   */
  public Description readsTokens(int status, String text) {
    return refuses(Kind.UNAUTHENTICATED, status, text);
  }

  /** The same in the words of a node. */
  public Description readsTokensAtNode() {
    return readsTokens(500, "rpc error: %s");
  }

  private Description refuses(Kind kind, Row row) {
    Map<Kind, Row> more = new EnumMap<>(Kind.class);
    more.putAll(refusals);
    more.put(kind, row);
    return new Description(
        methods, path, summary, rights, parameters, body, gives, traits, Map.copyOf(more));
  }

  /** Whether a request is for it, the percent-encoding of its path undone. */
  public boolean matches(Method method, String asked) {
    return methods.contains(method) && path.matches(asked);
  }

  /** The row for a kind: its own, or the kind's default. */
  public Row row(Kind kind) {
    return refusals.getOrDefault(kind, DEFAULTS.get(kind));
  }

  /** What a client is told of a failure. */
  public Refusal refusal(Failure failure) {
    return row(failure.kind()).refusal(failure);
  }
}
