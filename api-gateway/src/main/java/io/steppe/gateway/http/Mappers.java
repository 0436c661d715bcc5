package io.steppe.gateway.http;

import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.rpc.Failure;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jboss.resteasy.reactive.server.ServerResponseFilter;

/** Turns what resources throw, and what finds no resource, into answers. */
public class Mappers {
  private static final Logger LOG = Logger.getLogger(Mappers.class);
  private static final String DEFECT = "Internal error of the gateway; its log says more";

  /** Methods like HEAD and OPTIONS are known to nobody, on paths that exist. */
  @ServerRequestFilter
  Optional<Response> method(RoutingContext routing) {
    Request request = Request.of(routing);
    return request.isMethodRefused()
        ? Optional.of(Replies.refused(request, Refusal.invalidMethod()))
        : Optional.empty();
  }

  /** What would succeed without a look at its caller's rights is a defect, and shows nothing. */
  @ServerResponseFilter
  void nothingUnchecked(ContainerResponseContext response, RoutingContext routing) {
    if (response.getStatus() < 300 && !Request.of(routing).isAdmitted()) {
      LOG.errorf(
          "Nobody looked whether the caller may %s %s",
          routing.request().method(), routing.request().path());
      response.getHeaders().clear();
      response.setStatus(500);
      response.setEntity(DEFECT.getBytes(StandardCharsets.UTF_8));
    }
  }

  @ServerExceptionMapper
  Response refusal(Refusal refusal, RoutingContext routing) {
    return Replies.refused(Request.of(routing), refusal);
  }

  @ServerExceptionMapper
  Response failure(Failure failure, RoutingContext routing) {
    return Replies.refused(Request.of(routing), new Refusal(500, failure.getMessage()));
  }

  @ServerExceptionMapper
  Response notFound(NotFoundException unknown) {
    return Response.status(404).header("Vary", "Accept-Encoding").build();
  }

  @ServerExceptionMapper
  Response notAllowed(NotAllowedException method, RoutingContext routing) {
    return Replies.refused(Request.of(routing), Refusal.invalidMethod());
  }

  @ServerExceptionMapper
  Response other(WebApplicationException error, RoutingContext routing) {
    String text = error.getResponse().getStatusInfo().getReasonPhrase();
    return Replies.refused(Request.of(routing), new Refusal(error.getResponse().getStatus(), text));
  }

  @ServerExceptionMapper
  Response defect(Throwable error, RoutingContext routing) {
    LOG.errorf(error, "%s %s failed", routing.request().method(), routing.request().path());
    return Replies.refused(Request.of(routing), new Refusal(500, DEFECT));
  }
}
