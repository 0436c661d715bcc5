package io.steppe.gateway.namespace;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.steppe.acl.Right;
import io.steppe.gateway.answer.Page;
import io.steppe.gateway.answer.Read;
import io.steppe.gateway.answer.Reads;
import io.steppe.gateway.answer.Scope;
import io.steppe.gateway.blocking.Interest;
import io.steppe.gateway.query.ReadParameters;
import io.steppe.http.Request;
import io.steppe.proto.v1.Namespace;
import io.steppe.query.Listing;
import io.steppe.query.Order;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.ReadMeta;
import io.steppe.rpc.v1.ReadOptions;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.util.List;

/** {@code /v1/namespaces} and {@code /v1/namespace/}: the one that is always there. */
@Path("/v1")
@RunOnVirtualThread
public class NamespaceResource {
  private static final long SINCE_THE_BEGINNING = 1;
  private static final Namespace DEFAULT =
      Namespace.newBuilder()
          .setName("default")
          .setDescription("Default shared namespace")
          .setCreateIndex(SINCE_THE_BEGINNING)
          .setModifyIndex(SINCE_THE_BEGINNING)
          .build();
  private static final Order<Namespace> BY_NAME = Order.by(Namespace::getName);
  private static final ReadMeta META = ReadMeta.newBuilder().setIndex(SINCE_THE_BEGINNING).build();

  private final Reads reads;

  NamespaceResource(Reads reads) {
    this.reads = reads;
  }

  /** The namespaces. */
  @GET
  @Path("namespaces")
  public Response list(@Context RoutingContext routing) {
    Request request = Request.of(routing);
    ReadParameters parameters = reads.parameters(request);
    List<Namespace> found =
        DEFAULT.getName().startsWith(parameters.prefix()) ? List.of(DEFAULT) : List.of();
    return reads.answer(
        request,
        parameters,
        new Read(
            NamespaceRoute.NAMESPACES,
            new Scope.Listed(Right.namespace()),
            "",
            Interest.namespaces(),
            options -> {
              var seen =
                  found.stream().filter(namespace -> sees(options, namespace.getName())).toList();
              var page = Listing.of(options).page(seen, BY_NAME);
              return Page.of(page.meta(META), page.objects());
            }));
  }

  private static boolean sees(ReadOptions options, String name) {
    return !options.getRestricted() || options.getVisibleList().contains(name);
  }

  /** A namespace. */
  @GET
  @Path("namespace/{name:.*}")
  public Response get(@Context RoutingContext routing) {
    Request request = Request.of(routing);
    ReadParameters parameters = reads.parameters(request);
    String name = request.pathAfter("/v1/namespace/");
    return reads.answer(
        request,
        parameters,
        new Read(
            NamespaceRoute.NAMESPACE,
            Scope.about(name),
            name,
            Interest.namespaces(),
            options -> {
              if (!name.equals(DEFAULT.getName())) {
                throw Failure.notFound("namespace not found");
              }
              return Page.of(META, DEFAULT);
            }));
  }
}
