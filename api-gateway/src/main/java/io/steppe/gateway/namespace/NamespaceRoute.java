package io.steppe.gateway.namespace;

import static io.steppe.http.route.Gives.list;
import static io.steppe.http.route.Gives.one;
import static io.steppe.http.route.Trait.BLOCKING;
import static io.steppe.http.route.Trait.INDEXED;
import static io.steppe.http.route.Trait.PAGED;
import static io.steppe.rpc.Kind.INVALID;
import static io.steppe.rpc.Kind.NOT_FOUND;

import io.steppe.acl.Right;
import io.steppe.http.route.Description;
import io.steppe.http.route.Route;
import io.steppe.proto.v1.Namespace;

/** Routes about namespaces. */
public enum NamespaceRoute implements Route {
  NAMESPACES(
      Description.get("/v1/namespaces", "The namespaces in which the caller may do anything")
          .needs(new Right.Depends("nothing; shows those in which the token may do anything"))
          .gives(list(Namespace.getDefaultInstance()))
          .is(INDEXED, BLOCKING, PAGED)
          .refuses(INVALID, 400)),
  NAMESPACE(
      Description.get("/v1/namespace/{namespace}", "A namespace")
          .needs(Right.namespace())
          .gives(one(Namespace.getDefaultInstance()))
          .is(INDEXED, BLOCKING)
          .refuses(NOT_FOUND, 404, "namespace not found"));

  private final Description description;

  NamespaceRoute(Description description) {
    this.description = description;
  }

  @Override
  public Description description() {
    return description;
  }
}
