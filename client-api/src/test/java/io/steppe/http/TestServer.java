package io.steppe.http;

import io.quarkus.vertx.http.runtime.filters.Filter;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.steppe.acl.Authenticator;
import io.steppe.acl.Identity;
import io.steppe.http.route.Guard;
import io.steppe.http.route.RouteTable;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Comparator;
import java.util.function.Consumer;

/** A server with filters, as Quarkus puts them before its routes. */
public final class TestServer implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx();
  private final HttpServer server;
  private final HttpClient client = HttpClient.newHttpClient();

  /** Starts it. */
  public TestServer(Consumer<Filters> filters, Consumer<Router> routes) {
    Filters registered = new Filters();
    filters.accept(registered);
    Router router = Router.router(vertx);
    registered.getFilters().stream()
        .sorted(Comparator.comparingInt(Filter::getPriority).reversed())
        .forEach(filter -> router.route().handler(filter.getHandler()));
    routes.accept(router);
    server =
        vertx
            .createHttpServer()
            .requestHandler(router)
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .join();
  }

  /** Has a request made by somebody, then goes on. */
  public static void identify(RoutingContext routing, Identity identity, Runnable then) {
    Authenticator authenticator =
        new Authenticator() {
          @Override
          public Identity authenticate(String secret) {
            return identity;
          }

          @Override
          public boolean enforced() {
            return true;
          }
        };
    Request request = Request.of(routing);
    request.guardedBy(new Guard(authenticator, RouteTable.of()));
    routing.vertx().executeBlocking(request::identity).onComplete(known -> then.run());
  }

  /** Where it listens. */
  public int port() {
    return server.actualPort();
  }

  /** Asks, with headers as name, value, name, value. */
  public HttpResponse<String> ask(String method, String path, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  @Override
  public void close() {
    client.shutdownNow();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
