package io.steppe.http.audit;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.steppe.acl.Identity;
import io.steppe.http.Edge;
import io.steppe.http.Request;
import io.steppe.http.audit.AuditSettings.Guarantee;
import io.steppe.http.failure.Refusal;
import io.steppe.http.route.Guard;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** Writes down who asked for what, when, and what was answered. */
@ApplicationScoped
public class Audit {
  /** Before all others: what they refuse is written down too. */
  private static final int BEFORE_ALL = 1200;

  private static final String DEFAULT_NAMESPACE = "default";

  private final InstantSource clock = InstantSource.system();
  private final boolean enabled;
  private final boolean enforced;
  private final Guard guard;
  private final Leaving leaving;
  private final AuditLog log;

  Audit(AuditSettings settings, Guard guard) {
    this.guard = guard;
    enabled = settings.enabled();
    enforced = settings.deliveryGuarantee() == Guarantee.ENFORCED;
    leaving = Leaving.of(settings.filters().values());
    log = new AuditLog(settings.queue(), sink(settings));
  }

  private Sink sink(AuditSettings settings) {
    if (settings.path().isEmpty()) {
      return lines -> {
        lines.forEach(System.out::writeBytes);
        System.out.flush();
      };
    }
    return new RotatingFile(
        Path.of(settings.path().get()),
        RotatingFile.mode(settings.mode()),
        new RotatingFile.Bounds(
            settings.rotateBytes().asLongValue(),
            settings.rotateDuration(),
            settings.rotateMaxFiles()),
        clock);
  }

  /** Entries that could not be written down. */
  long dropped() {
    return log.dropped();
  }

  void start(@Observes StartupEvent event) {
    if (enabled) {
      log.start();
    }
  }

  void stop(@Observes ShutdownEvent event) throws InterruptedException {
    if (enabled) {
      log.close();
    }
  }

  void register(@Observes Filters filters) {
    if (enabled) {
      filters.register(this::handle, BEFORE_ALL);
    }
  }

  private void handle(RoutingContext routing) {
    HttpServerRequest request = routing.request();
    String path = request.path();
    if (path == null || path.startsWith("/q/") || Request.of(routing).isMethodRefused()) {
      routing.next();
      return;
    }
    String method = request.method().name();
    boolean first = leaving.keeps(Stage.RECEIVED, method, path);
    boolean last = leaving.keeps(Stage.COMPLETE, method, path);
    if (enforced && (first || last) && log.isFull()) {
      Edge.refuse(routing, new Refusal(503, "The audit log can't be written; try again later"));
      return;
    }
    Instant received = clock.instant();
    if (first) {
      Entry.Who who = who(request, guard.known(Request.of(routing).secret()));
      hand(new Entry(Stage.RECEIVED, received, who, what(routing), Optional.empty()));
    }
    if (last) {
      onEnd(routing, () -> complete(routing, received));
    }
    routing.next();
  }

  /** An upgraded connection ends with itself. */
  private static void onEnd(RoutingContext routing, Runnable action) {
    AtomicBoolean done = new AtomicBoolean();
    Runnable once =
        () -> {
          if (done.compareAndSet(false, true)) {
            action.run();
          }
        };
    routing.addEndHandler(ended -> once.run());
    if (routing.request().getHeader("Upgrade") != null
        && routing.request().connection() instanceof ConnectionBase connection) {
      connection.channelHandlerContext().channel().closeFuture().addListener(end -> once.run());
    }
  }

  private void complete(RoutingContext routing, Instant received) {
    Request request = Request.of(routing);
    Entry.Answer answer =
        new Entry.Answer(
            routing.response().getStatusCode(),
            routing.response().bytesWritten(),
            Duration.between(received, clock.instant()));
    Entry.Who who = who(routing.request(), request.known());
    hand(new Entry(Stage.COMPLETE, received, who, what(routing), Optional.of(answer)));
  }

  private void hand(Entry entry) {
    if (enforced) {
      log.add(entry);
    } else {
      log.offer(entry);
    }
  }

  private static Entry.Who who(HttpServerRequest request, Optional<Identity> identity) {
    String agent = request.getHeader("User-Agent");
    return new Entry.Who(
        identity.map(Identity::accessorId).orElse(""),
        identity.map(Identity::name).orElse(""),
        text(request.remoteAddress()),
        agent == null ? "" : agent);
  }

  private static Entry.What what(RoutingContext routing) {
    Request request = Request.of(routing);
    List<String> namespaces = request.query().all("namespace");
    return new Entry.What(
        request.id(),
        routing.request().method().name(),
        request.path(),
        namespaces.isEmpty() ? DEFAULT_NAMESPACE : namespaces.getFirst(),
        text(routing.request().localAddress()));
  }

  private static String text(SocketAddress address) {
    return address == null ? "" : address.hostAddress() + ":" + address.port();
  }
}
