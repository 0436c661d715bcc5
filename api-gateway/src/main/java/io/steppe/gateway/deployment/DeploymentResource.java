package io.steppe.gateway.deployment;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.steppe.gateway.answer.Page;
import io.steppe.gateway.answer.Read;
import io.steppe.gateway.answer.Reads;
import io.steppe.gateway.answer.Scope;
import io.steppe.gateway.blocking.Interest;
import io.steppe.gateway.query.ReadParameters;
import io.steppe.http.Request;
import io.steppe.http.query.Ids;
import io.steppe.proto.v1.Deployment;
import io.steppe.query.Listing;
import io.steppe.query.Order;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.ReadMeta;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.util.List;

/**
 * {@code /v1/deployments} and {@code /v1/deployment/}: jobs are rolled out without any, so there
 * are none.
 */
@Path("/v1")
@RunOnVirtualThread
public class DeploymentResource {
  private static final Order<Deployment> BY_CREATION =
      Order.byCreation(Deployment::getCreateIndex, Deployment::getId);
  private static final ReadMeta NEVER_WRITTEN = ReadMeta.getDefaultInstance();

  private final Reads reads;

  DeploymentResource(Reads reads) {
    this.reads = reads;
  }

  /** The deployments. */
  @GET
  @Path("deployments")
  public Response list(@Context RoutingContext routing) {
    Request request = Request.of(routing);
    ReadParameters parameters = reads.parameters(request);
    Ids.prefix("deployment", parameters.prefix());
    return reads.answer(
        request,
        parameters,
        Read.namespaced(
            DeploymentRoute.DEPLOYMENTS,
            parameters,
            "",
            Interest.deployments(),
            options -> {
              var page = Listing.of(options).page(List.of(), BY_CREATION);
              return Page.of(page.meta(NEVER_WRITTEN), page.objects());
            }));
  }

  /** A deployment. */
  @GET
  @Path("deployment/{id:.*}")
  public Response get(@Context RoutingContext routing) {
    Request request = Request.of(routing);
    ReadParameters parameters = reads.parameters(request);
    String id = Ids.whole("deployment", request.pathAfter("/v1/deployment/"));
    return reads.answer(
        request,
        parameters,
        new Read(
            DeploymentRoute.DEPLOYMENT,
            Scope.ofObject(parameters.namespace()),
            id,
            Interest.deployments(),
            options -> {
              throw Failure.notFound("deployment not found");
            }));
  }
}
