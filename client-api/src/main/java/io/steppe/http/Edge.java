package io.steppe.http;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.steppe.http.failure.Refusal;
import io.steppe.http.query.Query;
import io.steppe.http.route.Guard;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * What every request meets first: paths that are not in their shortest form are redirected, what is
 * for another region is passed on to it, the body is read up to a limit.
 */
@ApplicationScoped
public class Edge {
  private static final Logger LOG = Logger.getLogger(Edge.class);
  private static final Refusal NO_PATH_TO_REGION = new Refusal(500, "No path to region");
  private static final int BEFORE_ALL = 1000;

  /** Collections whose members' paths begin with them, so that alone they lack their slash. */
  private static final Set<String> SUBTREES =
      Set.of(
          "/v1/node",
          "/v1/node/pool",
          "/v1/job",
          "/v1/allocation",
          "/v1/evaluation",
          "/v1/deployment",
          "/v1/client/fs",
          "/v1/client/allocation",
          "/v1/acl/policy",
          "/v1/agent/pprof",
          "/ui");

  private static final Set<HttpMethod> METHODS =
      Set.of(HttpMethod.GET, HttpMethod.PUT, HttpMethod.POST, HttpMethod.DELETE);

  /** Bodies that whoever answers reads piece by piece, however long they are. */
  private static final Set<String> STREAMED = Set.of("/v1/operator/snapshot");

  private final EdgeSettings settings;
  private final Bodies bodies;
  private final Guard guard;
  private final OtherRegions regions;
  private final Forwarder forwarder;

  Edge(
      EdgeSettings settings,
      Bodies bodies,
      Guard guard,
      OtherRegions regions,
      Forwarder forwarder) {
    this.settings = settings;
    this.bodies = bodies;
    this.guard = guard;
    this.regions = regions;
    this.forwarder = forwarder;
  }

  void register(@Observes Filters filters) {
    filters.register(this::handle, BEFORE_ALL);
  }

  private void handle(RoutingContext routing) {
    String path = routing.request().path();
    if (path == null || path.startsWith("/q/")) {
      routing.next();
      return;
    }
    Request request = Request.of(routing);
    request.guardedBy(guard);
    routing.addHeadersEndHandler(headers -> nothingUnchecked(routing));
    if (request.isMethodRefused()) {
      routing.next();
      return;
    }
    String canonical = canonical(path);
    if (Query.decode(path, false).isEmpty()) {
      refuse(routing, Refusal.badRequest("invalid URL escape in the path"));
    } else if (!canonical.equals(path)) {
      redirect(routing, canonical);
    } else if (!regionServed(routing, path)) {
      elsewhere(routing);
    } else if (routing.request().method() == HttpMethod.GET) {
      routing.next();
    } else if (STREAMED.contains(path)) {
      routing.request().pause();
      passOn(routing);
    } else {
      bodies.read(routing, () -> passOn(routing));
    }
  }

  /** What would succeed without a look at its caller's rights is a defect, and shows nothing. */
  private static void nothingUnchecked(RoutingContext routing) {
    int status = routing.response().getStatusCode();
    if (status >= 200 && status < 300 && !Request.of(routing).isAdmitted()) {
      routing.request().connection().close();
      throw new IllegalStateException(
          "Nobody looked whether the caller may " + routing.request().path());
    }
  }

  /** The path without empty and dot segments; with a slash where it stands for a collection. */
  private static String canonical(String path) {
    if (path.equals("/")) {
      return "/ui/";
    }
    if (SUBTREES.contains(path)) {
      return path + "/";
    }
    if (!path.contains("//") && !path.contains("/.")) {
      return path;
    }
    Deque<String> segments = new ArrayDeque<>();
    for (String segment : path.split("/")) {
      switch (segment) {
        case "", "." -> {}
        case ".." -> segments.pollLast();
        default -> segments.addLast(segment);
      }
    }
    String clean = "/" + String.join("/", segments);
    boolean slash = path.endsWith("/") || path.endsWith("/.") || path.endsWith("/..");
    return slash && clean.length() > 1 ? clean + "/" : clean;
  }

  private static void redirect(RoutingContext routing, String path) {
    String query = routing.request().query();
    String to = query == null ? path : path + "?" + query;
    String shown =
        to.replace("&", "&amp;")
            .replace("<", "&lt;")
            .replace(">", "&gt;")
            .replace("\"", "&#34;")
            .replace("'", "&#39;");
    boolean body = routing.request().method() == HttpMethod.GET;
    HttpServerResponse response = routing.response().setStatusCode(307);
    response.putHeader("Location", to).putHeader("Vary", "Accept-Encoding");
    if (body) {
      response
          .putHeader("Content-Type", "text/html; charset=utf-8")
          .end("<a href=\"" + shown + "\">Temporary Redirect</a>.");
    } else {
      response.end();
    }
  }

  /** Passes a request for another region on to a gateway there. */
  private void elsewhere(RoutingContext routing) {
    String region = Request.of(routing).query().text("region");
    Context context = Vertx.currentContext();
    routing.request().pause();
    Thread.ofVirtual()
        .name("region")
        .start(
            () -> {
              List<String> gateways = gateways(region);
              context.runOnContext(
                  nothing -> forwarder.forward(routing, gateways, NO_PATH_TO_REGION));
            });
  }

  private List<String> gateways(String region) {
    try {
      return regions.gateways(region);
    } catch (RuntimeException e) {
      LOG.warnf("Where region %s is can't be told: %s", region, e.getMessage());
      return List.of();
    }
  }

  private boolean regionServed(RoutingContext routing, String path) {
    String region = Request.of(routing).query().text("region");
    return region.isEmpty()
        || region.equals(settings.region())
        || path.startsWith("/v1/agent/")
        || path.equals("/v1/regions");
  }

  private static void passOn(RoutingContext routing) {
    if (METHODS.contains(routing.request().method())) {
      routing.next();
    } else {
      otherMethod(routing);
    }
  }

  /**
   * Looks for what the path names, which then refuses the method; so that what is nowhere stays
   * unknown.
   */
  private static void otherMethod(RoutingContext routing) {
    Request.of(routing).refuseMethod();
    routing.reroute(HttpMethod.GET, routing.request().uri());
  }

  /** Ends a request on the event loop. */
  public static void refuse(RoutingContext routing, Refusal refusal) {
    HttpServerResponse response = routing.response();
    if (response.ended() || response.closed()) {
      return;
    }
    Request.of(routing).refused();
    Buffer text = Buffer.buffer(refusal.getMessage());
    response
        .setStatusCode(refusal.status())
        .putHeader("Content-Type", ContentTypes.TEXT)
        .putHeader("Vary", "Accept-Encoding");
    if (Request.of(routing).acceptsGzip()) {
      response.putHeader("Content-Encoding", "gzip");
      text = Buffer.buffer(Gzip.of(text.getBytes()));
    }
    response.end(text);
  }
}
