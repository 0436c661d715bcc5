package io.steppe.clientapi.process;

import io.steppe.clientapi.ClientSettings;
import io.steppe.http.ContentTypes;
import io.steppe.http.Edge;
import io.steppe.http.Forwarder;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.http.stream.Outflow;
import io.steppe.http.stream.Streams;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.function.Function;

/**
 * {@code /v1/agent/host}, {@code /v1/agent/monitor} and {@code /v1/agent/pprof/}: what processes
 * tell of themselves, each from wherever it is asked for.
 */
@ApplicationScoped
public class ProcessRoutes {
  private static final String PROFILES = "/v1/agent/pprof/";
  private static final String BYTES = "application/octet-stream";

  private final Streams streams;
  private final Forwarder forwarder;
  private final Processes processes;
  private final Answers answers;
  private final boolean served;

  ProcessRoutes(
      Streams streams,
      Forwarder forwarder,
      Processes processes,
      Answers answers,
      ClientSettings settings) {
    this.streams = streams;
    this.forwarder = forwarder;
    this.processes = processes;
    this.answers = answers;
    served = settings.served();
  }

  void register(@Observes Router router) {
    if (!served) {
      return;
    }
    router.route("/v1/agent/host").handler(this::host);
    router.route("/v1/agent/monitor").handler(this::monitor);
    router.route(PROFILES + "*").handler(this::profile);
  }

  private void host(RoutingContext routing) {
    Request request = Request.of(routing);
    answering(
        routing,
        () -> {
          Asked asked =
              Asked.of(request.query(), "Can only forward to either client node or server");
          Outflow out = Outflow.whole(routing, ContentTypes.JSON);
          run(
              routing,
              ProcessRoute.AGENT_HOST,
              out,
              asked,
              failure -> lookUpRefusal(request, asked, failure),
              place -> out.whole(request.laidOut(answers.host(request, place))));
        });
  }

  private Refusal lookUpRefusal(Request request, Asked asked, Failure failure) {
    if (failure.kind() == Kind.NOT_FOUND
        && !asked.nodeId().isEmpty()
        && !processes.isKnown(request, asked.nodeId())) {
      return new Refusal(404, "Unknown node \"" + asked.nodeId() + "\"");
    }
    return new Refusal(failure.kind() == Kind.NOT_FOUND ? 404 : 500, failure.getMessage());
  }

  private void monitor(RoutingContext routing) {
    Request request = Request.of(routing);
    answering(
        routing,
        () -> {
          MonitorQuery query = MonitorQuery.of(request.query());
          Outflow out =
              Outflow.chunked(routing, query.plain() ? ContentTypes.TEXT : ContentTypes.JSON);
          run(
              routing,
              ProcessRoute.AGENT_MONITOR,
              out,
              query.asked(),
              ProcessRoutes::relayed,
              place -> answers.monitor(request, place, query, out));
        });
  }

  /** What goes wrong on the way to a process is told with the status it has there. */
  private static Refusal relayed(Failure failure) {
    return switch (failure.kind()) {
      case INVALID -> Refusal.badRequest(failure.getMessage());
      case NOT_FOUND -> new Refusal(500, "RPC Error:: 404," + failure.getMessage());
      default -> new Refusal(500, failure.getMessage());
    };
  }

  private void profile(RoutingContext routing) {
    Request request = Request.of(routing);
    answering(
        routing,
        () -> {
          if (!processes.areProfilesOn()) {
            throw new Refusal(403, "Permission denied");
          }
          String name = request.pathAfter(PROFILES);
          ProfileQuery query = ProfileQuery.of(name.isEmpty() ? "index" : name, request.query());
          routing
              .response()
              .putHeader("X-Content-Type-Options", "nosniff")
              .putHeader(
                  HttpHeaders.CONTENT_DISPOSITION,
                  query.isText() ? "inline" : "attachment; filename=\"" + query.file() + "\"");
          Outflow out = Outflow.chunked(routing, query.isText() ? ContentTypes.TEXT : BYTES);
          run(
              routing,
              ProcessRoute.AGENT_PPROF,
              out,
              query.asked(),
              failure -> profileRefusal(request, query.asked(), failure),
              place -> answers.profile(request, place, query, out));
        });
  }

  private Refusal profileRefusal(Request request, Asked asked, Failure failure) {
    return switch (failure.kind()) {
      case NOT_FOUND -> lookUpRefusal(request, asked, failure);
      case INVALID -> Refusal.badRequest(failure.getMessage());
      case CONFLICT -> new Refusal(429, failure.getMessage());
      default -> new Refusal(500, failure.getMessage());
    };
  }

  private void answering(RoutingContext routing, Runnable answer) {
    try {
      if (routing.request().method() != HttpMethod.GET || Request.of(routing).isMethodRefused()) {
        throw Refusal.invalidMethod();
      }
      answer.run();
    } catch (Refusal refusal) {
      Edge.refuse(routing, refusal);
    }
  }

  /** Finds the process and has it answer, or passes the request on to the gateway that is meant. */
  private void run(
      RoutingContext routing,
      ProcessRoute route,
      Outflow out,
      Asked asked,
      Function<Failure, Refusal> refusals,
      Telling telling) {
    Context context = Vertx.currentContext();
    streams.run(
        routing,
        out,
        refusals,
        () -> {
          Request.of(routing).check(route);
          switch (processes.of(Request.of(routing), asked.serverId(), asked.nodeId())) {
            case Processes.Called called -> telling.of(called);
            case Processes.Gateway(String address) ->
                context.runOnContext(
                    nothing ->
                        forwarder.forward(
                            routing,
                            List.of(address),
                            new Refusal(500, "No path to " + asked.serverId())));
          }
        });
  }

  private interface Telling {
    void of(Processes.Called process) throws InterruptedException, ClosedChannelException;
  }
}
