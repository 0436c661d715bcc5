package io.steppe.clientapi;

import io.steppe.http.ContentTypes;
import io.steppe.http.Edge;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.http.query.Query;
import io.steppe.http.stream.Outflow;
import io.steppe.http.stream.Streams;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.channels.ClosedChannelException;

/**
 * {@code /v1/client/}: what agents answer. Where it changes nothing, and for collecting garbage,
 * the method is not looked at, as clients are used to.
 */
@ApplicationScoped
public class ClientRoutes {
  private static final String FS = "/v1/client/fs/";
  private static final String ALLOCATION = "/v1/client/allocation/";
  private final Streams streams;
  private final Documents documents;
  private final Operations operations;
  private final Files files;
  private final Execs execs;
  private final boolean served;

  ClientRoutes(
      Streams streams,
      Documents documents,
      Operations operations,
      Files files,
      Execs execs,
      ClientSettings settings) {
    this.streams = streams;
    this.documents = documents;
    this.operations = operations;
    this.files = files;
    this.execs = execs;
    served = settings.served();
  }

  void register(@Observes Router router) {
    if (!served) {
      return;
    }
    router.route(FS + "*").handler(this::fs);
    router.route(ALLOCATION + "*").handler(this::allocation);
    router
        .route("/v1/client/stats")
        .handler(routing -> document(routing, ClientRoute.STATS, documents::hostStats));
    router
        .route("/v1/client/gc")
        .handler(routing -> silent(routing, ClientRoute.GC, operations::gcAll));
    router.route("/v1/client/metadata").handler(this::metadata);
  }

  private void fs(RoutingContext routing) {
    String rest = routing.request().path().substring(FS.length());
    int slash = rest.indexOf('/');
    String id = Query.decode(slash < 0 ? "" : rest.substring(slash + 1), false).orElse("");
    switch (slash < 0 ? rest : rest.substring(0, slash)) {
      case "ls" -> document(routing, ClientRoute.FS_LIST, request -> documents.list(request, id));
      case "stat" -> document(routing, ClientRoute.FS_STAT, request -> documents.stat(request, id));
      case "cat" ->
          content(routing, ClientRoute.FS_CAT, (request, out) -> files.cat(request, id, out));
      case "readat" ->
          content(
              routing, ClientRoute.FS_READ_AT, (request, out) -> files.readAt(request, id, out));
      case "stream" ->
          stream(
              routing,
              ClientRoute.FS_STREAM,
              ContentTypes.TEXT,
              (request, out) -> files.stream(request, id, out));
      case "logs" -> logs(routing, id);
      default -> Edge.refuse(routing, new Refusal(404, "Invalid method"));
    }
  }

  private void metadata(RoutingContext routing) {
    switch (verb(routing)) {
      case READ -> document(routing, ClientRoute.METADATA, documents::metadata);
      case WRITE -> document(routing, ClientRoute.METADATA_UPDATE, operations::updateMetadata);
      case OTHER -> Edge.refuse(routing, Refusal.invalidMethod());
    }
  }

  private void allocation(RoutingContext routing) {
    String rest =
        Query.decode(routing.request().path().substring(ALLOCATION.length()), false).orElse("");
    int slash = rest.lastIndexOf('/');
    String id = rest.substring(0, Math.max(0, slash));
    switch (slash < 0 ? "" : rest.substring(slash + 1)) {
      case "stats" ->
          document(
              routing,
              ClientRoute.ALLOCATION_STATS,
              request -> documents.allocationStats(request, id));
      case "checks" ->
          document(
              routing, ClientRoute.ALLOCATION_CHECKS, request -> documents.checks(request, id));
      case "gc" ->
          silent(routing, ClientRoute.ALLOCATION_GC, request -> operations.gc(request, id));
      case "restart" ->
          write(
              routing, ClientRoute.ALLOCATION_RESTART, request -> operations.restart(request, id));
      case "signal" ->
          write(routing, ClientRoute.ALLOCATION_SIGNAL, request -> operations.signal(request, id));
      case "pause" -> pause(routing, id);
      case "exec" -> exec(routing, id);
      default -> Edge.refuse(routing, new Refusal(404, "resource not found"));
    }
  }

  private void pause(RoutingContext routing, String id) {
    switch (verb(routing)) {
      case READ ->
          document(
              routing,
              ClientRoute.ALLOCATION_PAUSE_STATE,
              request -> operations.pauseState(request, id));
      case WRITE ->
          document(routing, ClientRoute.ALLOCATION_PAUSE, request -> operations.pause(request, id));
      case OTHER -> Edge.refuse(routing, Refusal.invalidMethod());
    }
  }

  private void exec(RoutingContext routing, String id) {
    try {
      if (verb(routing) != Verb.READ) {
        throw Refusal.invalidMethod();
      }
      execs.open(routing, id);
    } catch (Refusal refusal) {
      Edge.refuse(routing, refusal);
    }
  }

  private void logs(RoutingContext routing, String id) {
    Request request = Request.of(routing);
    try {
      LogQuery query = LogQuery.of(request.query(), id);
      String type = query.plain() ? ContentTypes.TEXT : ContentTypes.JSON;
      stream(routing, ClientRoute.FS_LOGS, type, (r, out) -> files.logs(r, query, out));
    } catch (Refusal refusal) {
      Edge.refuse(routing, refusal);
    }
  }

  private void document(RoutingContext routing, ClientRoute route, Document document) {
    Request request = Request.of(routing);
    Outflow out = Outflow.whole(routing, ContentTypes.JSON);
    streams.run(
        routing,
        out,
        failure -> ClientRefusals.of(route, failure),
        () -> out.whole(request.laidOut(document.of(request))));
  }

  private void write(RoutingContext routing, ClientRoute route, Document document) {
    if (verb(routing) == Verb.WRITE) {
      document(routing, route, document);
    } else {
      Edge.refuse(routing, Refusal.invalidMethod());
    }
  }

  private void silent(RoutingContext routing, ClientRoute route, Deed deed) {
    Request request = Request.of(routing);
    Outflow out = Outflow.whole(routing, ContentTypes.TEXT);
    streams.run(
        routing,
        out,
        failure -> ClientRefusals.of(route, failure),
        () -> {
          deed.on(request);
          out.nothing();
        });
  }

  private void content(RoutingContext routing, ClientRoute route, Content content) {
    Request request = Request.of(routing);
    Outflow out = Outflow.chunked(routing, ContentTypes.TEXT);
    streams.run(
        routing,
        out,
        failure -> ClientRefusals.of(route, failure),
        () -> {
          try {
            content.to(request, out);
          } catch (Refusal refusal) {
            // A reader of a file's bytes is told of errors in their place.
            throw new Refusal(200, refusal.getMessage());
          }
        });
  }

  private void stream(RoutingContext routing, ClientRoute route, String type, Content content) {
    Request request = Request.of(routing);
    Outflow out = Outflow.chunked(routing, type);
    streams.run(
        routing, out, failure -> ClientRefusals.of(route, failure), () -> content.to(request, out));
  }

  private static Verb verb(RoutingContext routing) {
    if (Request.of(routing).isMethodRefused()) {
      return Verb.OTHER;
    }
    return switch (routing.request().method().name()) {
      case "GET" -> Verb.READ;
      case "POST", "PUT" -> Verb.WRITE;
      default -> Verb.OTHER;
    };
  }

  private enum Verb {
    READ,
    WRITE,
    OTHER
  }

  private interface Deed {
    void on(Request request) throws InterruptedException;
  }

  private interface Document {
    byte[] of(Request request) throws InterruptedException;
  }

  private interface Content {
    void to(Request request, Outflow out) throws InterruptedException, ClosedChannelException;
  }
}
