package io.steppe.gateway.deployment;

import static io.steppe.http.route.Gives.list;
import static io.steppe.http.route.Gives.one;
import static io.steppe.http.route.Trait.BLOCKING;
import static io.steppe.http.route.Trait.INDEXED;
import static io.steppe.http.route.Trait.NAMESPACED;
import static io.steppe.http.route.Trait.PAGED;
import static io.steppe.rpc.Kind.INVALID;
import static io.steppe.rpc.Kind.NOT_FOUND;

import io.steppe.acl.Right;
import io.steppe.http.route.Description;
import io.steppe.http.route.Route;
import io.steppe.proto.v1.Deployment;

/** Routes about deployments. */
public enum DeploymentRoute implements Route {
  DEPLOYMENTS(
      Description.get("/v1/deployments", "The deployments")
          .needs(Right.namespace("read-job"))
          .gives(list(Deployment.getDefaultInstance()))
          .is(INDEXED, BLOCKING, PAGED, NAMESPACED)
          .refuses(INVALID, 400)),
  DEPLOYMENT(
      Description.get("/v1/deployment/{deployment_id}", "A deployment")
          .needs(Right.namespace("read-job"))
          .gives(one(Deployment.getDefaultInstance()))
          .is(INDEXED, BLOCKING)
          .refuses(NOT_FOUND, 404, "deployment not found"));

  private final Description description;

  DeploymentRoute(Description description) {
    this.description = description;
  }

  @Override
  public Description description() {
    return description;
  }
}
