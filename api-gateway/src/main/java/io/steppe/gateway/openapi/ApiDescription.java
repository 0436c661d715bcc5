package io.steppe.gateway.openapi;

import io.quarkus.smallrye.openapi.OpenApiFilter;
import io.steppe.gateway.http.GatewayRoutes;
import io.steppe.http.route.Method;
import io.steppe.http.route.Route;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.Components;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem;
import org.eclipse.microprofile.openapi.models.Paths;
import org.eclipse.microprofile.openapi.models.security.SecurityScheme;

/**
 * The API as OpenAPI describes it, made from the table of routes and the definitions of their
 * messages: what has no entry there answers nothing, so there is nothing else to describe. Made
 * when it is first asked for.
 */
@OpenApiFilter(stages = OpenApiFilter.RunStage.RUNTIME_PER_REQUEST)
public final class ApiDescription implements OASFilter {
  private static final String TOKEN = "token";
  private static final String BEARER = "bearer";

  private static final class Made {
    private static final OpenAPI API = made(GatewayRoutes.TABLE.routes());
  }

  @Override
  public void filterOpenAPI(OpenAPI document) {
    document
        .info(Made.API.getInfo())
        .paths(Made.API.getPaths())
        .components(Made.API.getComponents())
        .security(Made.API.getSecurity());
  }

  /** The description of a table of routes. */
  static OpenAPI made(List<Route> routes) {
    Schemas schemas = new Schemas();
    Operations operations = new Operations(schemas);
    Map<String, PathItem> items = new TreeMap<>();
    for (Route route : routes) {
      PathItem item =
          items.computeIfAbsent(
              route.description().path().toString(), path -> OASFactory.createPathItem());
      for (Method method : methods(route)) {
        put(item, method, operations.of(route, method.name()));
      }
    }
    Paths paths = OASFactory.createPaths();
    items.forEach(paths::addPathItem);
    return OASFactory.createOpenAPI()
        .info(
            OASFactory.createInfo()
                .title("Steppe")
                .version("v1")
                .description("The HTTP API of Nomad, as Steppe speaks it, and what Steppe adds."))
        .paths(paths)
        .components(components(schemas))
        .addSecurityRequirement(OASFactory.createSecurityRequirement().addScheme(TOKEN))
        .addSecurityRequirement(OASFactory.createSecurityRequirement().addScheme(BEARER))
        .addSecurityRequirement(OASFactory.createSecurityRequirement());
  }

  /** A route that does not look at the method is described as a read. */
  private static List<Method> methods(Route route) {
    List<Method> methods =
        route.description().methods().stream().sorted(Comparator.naturalOrder()).toList();
    return methods.size() == Method.values().length ? List.of(Method.GET) : methods;
  }

  private static void put(PathItem item, Method method, Operation operation) {
    switch (method) {
      case GET -> item.setGET(operation);
      case PUT -> item.setPUT(operation);
      case POST -> item.setPOST(operation);
      case DELETE -> item.setDELETE(operation);
    }
  }

  private static Components components(Schemas schemas) {
    return OASFactory.createComponents()
        .schemas(schemas.all())
        .addSecurityScheme(
            TOKEN,
            OASFactory.createSecurityScheme()
                .type(SecurityScheme.Type.APIKEY)
                .in(SecurityScheme.In.HEADER)
                .name("X-Nomad-Token")
                .description("The secret id of a token"))
        .addSecurityScheme(
            BEARER,
            OASFactory.createSecurityScheme()
                .type(SecurityScheme.Type.HTTP)
                .scheme("bearer")
                .description("The secret id of a token, or the identity of a task"));
  }
}
