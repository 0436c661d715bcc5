package io.steppe.http;

import com.google.protobuf.Message;
import io.steppe.acl.Identity;
import io.steppe.http.failure.Refusal;
import io.steppe.http.query.Query;
import io.steppe.http.route.Admission;
import io.steppe.http.route.Guard;
import io.steppe.http.route.Method;
import io.steppe.http.route.Route;
import io.steppe.json.InvalidJsonException;
import io.steppe.json.Json;
import io.steppe.rpc.Callers;
import io.steppe.rpc.v1.Caller;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import java.util.Optional;

/** A request as it arrived: path and parameters undecoded by anybody else, the body whole. */
public final class Request {
  private static final String KEY = "steppe.request";

  private final RoutingContext routing;
  private final Query query;
  private final boolean acceptsGzip;
  private final Caller unnamed = Callers.anonymous();
  private volatile Optional<Admission> admission = Optional.empty();
  private volatile boolean refused;
  private volatile Buffer body = Buffer.buffer();
  private volatile boolean gone;
  private volatile boolean methodRefused;
  private volatile Runnable whenGone = () -> {};

  private Request(RoutingContext routing) {
    this.routing = routing;
    query = Query.parse(routing.request().query());
    acceptsGzip = acceptsGzip(routing.request().getHeader(HttpHeaders.ACCEPT_ENCODING));
    routing.addEndHandler(
        ended -> {
          gone = true;
          whenGone.run();
        });
  }

  /** The request of a routing context; the same one whenever it is asked for. */
  public static Request of(RoutingContext routing) {
    Request request = routing.get(KEY);
    if (request == null) {
      request = new Request(routing);
      routing.put(KEY, request);
    }
    return request;
  }

  /** The path as it came, percent-encoding and all. */
  public String path() {
    return routing.request().path();
  }

  /** What follows a beginning of the path, percent-encoding undone. */
  public String pathAfter(String beginning) {
    return Query.decode(path().substring(beginning.length()), false)
        .orElseThrow(() -> Refusal.badRequest("invalid URL escape"));
  }

  /** The parameters. */
  public Query query() {
    return query;
  }

  /**
   * Who asks, with an id of this request that retries of it keep. May wait.
   *
   * @throws Refusal 403 for a token that is none or has expired
   */
  public Caller caller() {
    return unnamed.toBuilder().setAccessorId(identity().accessorId()).build();
  }

  /** The id that the request has in all services. */
  public String id() {
    return unnamed.getRequestId();
  }

  /** Who asks, once somebody wanted to know. */
  public Optional<Identity> known() {
    return admission.flatMap(Admission::known);
  }

  /** The request, without a look at who makes it: for what anybody may ask. */
  public Caller unnamed() {
    return unnamed;
  }

  /**
   * Who asks. May wait: not for an event loop.
   *
   * @throws Refusal 403 for a token that is none or has expired
   */
  public Identity identity() {
    return admission().identity();
  }

  /**
   * Has the caller's rights for a route looked at; no request succeeds without that.
   *
   * @param subjects the namespace, pool or volume that the route's rights are about; none where
   *     they are about nothing
   * @throws Refusal 403 where they are not enough
   */
  public void check(Route route, String... subjects) {
    admission().check(route, subjects);
  }

  /** Of the token that its client shows; empty for none. */
  public String secret() {
    return token(routing.request());
  }

  /** Who makes it, and what it was let do. */
  public Admission admission() {
    if (Context.isOnEventLoopThread()) {
      throw new IllegalStateException("An event loop can't wait to know who asks");
    }
    return guarded();
  }

  private Admission guarded() {
    return admission.orElseThrow(() -> new IllegalStateException("Nobody guards this request"));
  }

  /**
   * Whether it may be answered with success: its caller's rights for the very route that it is for
   * were looked at.
   */
  public boolean isAdmitted() {
    String path = Query.decode(path(), false).orElse("");
    return refused
        || Method.of(routing.request().method().name())
            .filter(method -> guarded().isFor(method, path))
            .isPresent();
  }

  /** Its answer tells no more than an error, whatever the status. */
  public void refused() {
    refused = true;
  }

  /** It is answered by somebody else, who looks at its caller's rights. */
  void passedOn() {
    refused = true;
  }

  void guardedBy(Guard guard) {
    admission = Optional.of(new Admission(guard, token(routing.request()), () -> askedFor(guard)));
  }

  private Optional<Route> askedFor(Guard guard) {
    String path = Query.decode(path(), false).orElse("");
    return Method.of(routing.request().method().name()).flatMap(method -> guard.find(method, path));
  }

  /** Takes a token that its client shows later than in a header, in place of none. */
  public void showsToken(String secret) {
    if (!secret.isEmpty() && token(routing.request()).isEmpty()) {
      admission = Optional.of(guarded().shown(secret));
    }
  }

  /** The token that a client shows, in the header of this API or as a bearer of it. */
  private static String token(HttpServerRequest request) {
    String header = request.getHeader("X-Nomad-Token");
    if (header != null && !header.isBlank()) {
      return header.strip();
    }
    String authorization = request.getHeader(HttpHeaders.AUTHORIZATION);
    if (authorization == null) {
      return "";
    }
    String[] parts = authorization.strip().split("\\s+", 2);
    return parts.length == 2 && parts[0].equalsIgnoreCase("Bearer") ? parts[1].strip() : "";
  }

  /** Whether the answer may be compressed. */
  public boolean acceptsGzip() {
    return acceptsGzip;
  }

  /** Whether anything was sent along. */
  public boolean hasBody() {
    return body.length() > 0;
  }

  /**
   * The body as a message.
   *
   * @throws Refusal 400 without a body, for one that is no JSON, and for values of the wrong type
   */
  public <T extends Message> T body(T prototype) {
    if (!hasBody()) {
      throw Refusal.badRequest("Request body is empty");
    }
    return optionalBody(prototype);
  }

  /** The body as a message; an empty one without a body. */
  @SuppressWarnings("unchecked")
  public <T extends Message> T optionalBody(T prototype) {
    if (!hasBody()) {
      return (T) prototype.getDefaultInstanceForType();
    }
    try {
      return Json.read(body.getBytes(), prototype);
    } catch (InvalidJsonException e) {
      throw Refusal.badRequest(e.getMessage());
    }
  }

  /** JSON as this client wants to see it. */
  public byte[] laidOut(byte[] json) {
    return query.pretty() ? Json.pretty(json) : json;
  }

  /** Whether nobody waits for the answer any more. */
  public boolean isGone() {
    return gone;
  }

  /**
   * Runs the action when the client goes away, at once if it has; takes the place of one set
   * before.
   */
  public void onGone(Runnable action) {
    whenGone = action;
    if (gone) {
      action.run();
    }
  }

  /** Whether it came with a method that no resource has. */
  public boolean isMethodRefused() {
    return methodRefused;
  }

  void refuseMethod() {
    methodRefused = true;
  }

  void body(Buffer body) {
    this.body = body;
  }

  private static boolean acceptsGzip(String header) {
    if (header == null) {
      return false;
    }
    for (String coding : header.toLowerCase(Locale.ROOT).split(",")) {
      String[] parts = coding.strip().split(";");
      boolean refused = parts.length > 1 && parts[1].strip().matches("q=0(\\.0*)?");
      if (parts[0].strip().equals("gzip") && !refused) {
        return true;
      }
    }
    return false;
  }
}
