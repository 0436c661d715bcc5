package io.steppe.gateway.openapi;

import com.google.protobuf.Message;
import io.steppe.acl.Access;
import io.steppe.acl.Right;
import io.steppe.http.ContentTypes;
import io.steppe.http.route.Description;
import io.steppe.http.route.Gives;
import io.steppe.http.route.Parameter;
import io.steppe.http.route.Route;
import io.steppe.http.route.Trait;
import io.steppe.rpc.Kind;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.headers.Header;
import org.eclipse.microprofile.openapi.models.media.Content;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;
import org.eclipse.microprofile.openapi.models.parameters.Parameter.In;
import org.eclipse.microprofile.openapi.models.parameters.RequestBody;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.eclipse.microprofile.openapi.models.responses.APIResponses;

/** Routes as operations. */
final class Operations {
  /** Marks what goes on, for programs. */
  private static final String ENDLESS = "x-endless";

  private static final String DURATION = "^[0-9.]+(ns|us|ms|s|m|h)$";

  private final Schemas schemas;

  Operations(Schemas schemas) {
    this.schemas = schemas;
  }

  /**
   * A route, asked by one of its methods.
   *
   * @param method in its name, for no two operations may have the same
   */
  Operation of(Route route, String method) {
    Description description = route.description();
    Operation operation =
        OASFactory.createOperation()
            .operationId(operationId(route, method))
            .summary(description.summary())
            .addTag(tag(description))
            .description(description(description))
            .responses(responses(description));
    parameters(description).forEach(operation::addParameter);
    if (description.body().isPresent() && !method.equals("GET")) {
      operation.requestBody(body(description.body().get()));
    }
    if (description.traits().contains(Trait.ENDLESS)) {
      operation.addExtension(ENDLESS, true);
    }
    if (isOpen(description)) {
      operation.security(List.of(OASFactory.createSecurityRequirement()));
    }
    return operation;
  }

  /** {@code nodeEligibilityPut}. */
  private static String operationId(Route route, String method) {
    String words = (route.name() + "_" + method).toLowerCase(Locale.ROOT);
    String camel =
        Arrays.stream(words.split("_"))
            .map(word -> Character.toUpperCase(word.charAt(0)) + word.substring(1))
            .collect(Collectors.joining());
    return Character.toLowerCase(camel.charAt(0)) + camel.substring(1);
  }

  /** What stands after the version, in the singular: nodes and a node are in one group. */
  private static String tag(Description description) {
    String path = description.path().toString();
    String first = path.startsWith("/v1/") ? path.substring(4) : path.substring(1);
    int slash = first.indexOf('/');
    String word = slash < 0 ? first : first.substring(0, slash);
    return word.endsWith("s") && !word.endsWith("ss") ? word.substring(0, word.length() - 1) : word;
  }

  private static String description(Description description) {
    StringBuilder text = new StringBuilder("Needs ").append(rights(description)).append('.');
    if (description.path().takesSlashes()) {
      text.append(" What is named last before the end may hold slashes.");
    }
    if (description.traits().contains(Trait.ENDLESS)) {
      text.append(" Goes on until the client has enough.");
    }
    return text.toString();
  }

  private static String rights(Description description) {
    return description.rights().stream()
        .map(Operations::right)
        .collect(Collectors.joining(" and "));
  }

  private static String right(Right right) {
    return switch (right) {
      case Right.None none -> "no token";
      case Right.AnyToken any -> "any token";
      case Right.Management management -> "a management token";
      case Right.Node(Access access) -> "node:" + word(access);
      case Right.Agent(Access access) -> "agent:" + word(access);
      case Right.Operator(Access access) -> "operator:" + word(access);
      case Right.Quota(Access access) -> "quota:" + word(access);
      case Right.Plugin(Access access) -> "plugin:" + word(access);
      case Right.Namespace(Set<String> anyOf) -> of("namespace", anyOf);
      case Right.NodePool(Set<String> anyOf) -> of("node_pool", anyOf);
      case Right.HostVolume(Set<String> anyOf) -> of("host_volume", anyOf);
      case Right.Depends(String how) -> "what depends on the request (" + how + ")";
    };
  }

  private static String word(Access access) {
    return access.name().toLowerCase(Locale.ROOT);
  }

  private static String of(String what, Set<String> anyOf) {
    return anyOf.isEmpty()
        ? "any capability in the " + what
        : new TreeSet<>(anyOf)
            .stream().map(one -> what + ":" + one).collect(Collectors.joining(" or "));
  }

  private static boolean isOpen(Description description) {
    return description.rights().stream().allMatch(Right.None.class::isInstance);
  }

  private static List<org.eclipse.microprofile.openapi.models.parameters.Parameter> parameters(
      Description description) {
    var in = new ParameterList();
    for (String name : description.path().names()) {
      in.path(name);
    }
    description.parameters().forEach(in::query);
    for (Trait trait : description.traits()) {
      switch (trait) {
        case BLOCKING -> {
          in.query(Parameter.number("index", "Waits until the answer's index is above it"));
          in.query(Parameter.duration("wait", "How long it waits at most; 5m, up to 10m"));
          in.query(Parameter.flag("stale", "Answers from what is at hand"));
        }
        case PAGED -> {
          in.query(Parameter.text("prefix", "Only what is named so"));
          in.query(Parameter.text("filter", "Expression that what is listed meets"));
          in.query(Parameter.number("per_page", "So many at most"));
          in.query(Parameter.text("next_token", "Goes on where X-Nomad-NextToken said"));
          in.query(Parameter.flag("reverse", "From the end"));
        }
        case NAMESPACED -> in.query(Parameter.text("namespace", "default unless given; * for all"));
        case INDEXED, ENDLESS -> {}
      }
    }
    in.query(Parameter.text("region", "Of another region: the request is passed on"));
    if (isJson(description.gives())) {
      in.query(Parameter.flag("pretty", "Laid out for people"));
    }
    return in.all();
  }

  /** Parameters in order, each once. */
  private static final class ParameterList {
    private final Map<String, org.eclipse.microprofile.openapi.models.parameters.Parameter> byName =
        new java.util.LinkedHashMap<>();

    void path(String name) {
      byName.put(
          name,
          OASFactory.createParameter()
              .name(name)
              .in(In.PATH)
              .required(true)
              .schema(string().minLength(1)));
    }

    void query(Parameter parameter) {
      Schema one = schema(parameter);
      byName.putIfAbsent(
          parameter.name(),
          OASFactory.createParameter()
              .name(parameter.name())
              .in(In.QUERY)
              .description(parameter.meaning())
              .schema(
                  parameter.repeated()
                      ? OASFactory.createSchema().addType(SchemaType.ARRAY).items(one)
                      : one));
    }

    List<org.eclipse.microprofile.openapi.models.parameters.Parameter> all() {
      return List.copyOf(byName.values());
    }
  }

  private static Schema schema(Parameter parameter) {
    return switch (parameter.type()) {
      case TEXT, ID -> string();
      case BOOLEAN -> OASFactory.createSchema().addType(SchemaType.BOOLEAN);
      case INTEGER -> OASFactory.createSchema().addType(SchemaType.INTEGER).format("int64");
      case DURATION -> string().pattern(DURATION);
    };
  }

  private static Schema string() {
    return OASFactory.createSchema().addType(SchemaType.STRING);
  }

  private RequestBody body(Message prototype) {
    return OASFactory.createRequestBody()
        .content(content(ContentTypes.JSON, schemas.of(prototype.getDescriptorForType())));
  }

  private APIResponses responses(Description description) {
    APIResponses responses = OASFactory.createAPIResponses();
    responses.addAPIResponse(
        description.gives() instanceof Gives.Messages ? "101" : "200", success(description));
    for (int status : refusals(description)) {
      responses.addAPIResponse(
          String.valueOf(status),
          OASFactory.createAPIResponse()
              .description(meaning(status))
              .content(content(ContentTypes.TEXT, string())));
    }
    return responses;
  }

  private APIResponse success(Description description) {
    APIResponse success = OASFactory.createAPIResponse().description(description.summary());
    switch (description.gives()) {
      case Gives.Document(Message prototype) ->
          success.content(content(ContentTypes.JSON, schemas.of(prototype.getDescriptorForType())));
      case Gives.DocumentOrNull(Message prototype) ->
          success.content(
              content(ContentTypes.JSON, schemas.orNull(prototype.getDescriptorForType())));
      case Gives.Documents(Message prototype) ->
          success.content(
              content(ContentTypes.JSON, schemas.listOf(prototype.getDescriptorForType())));
      case Gives.Json(String meaning) ->
          success.content(
              content(ContentTypes.JSON, OASFactory.createSchema().description(meaning)));
      case Gives.Content(String type, String meaning) ->
          success.content(content(type, string().description(meaning)));
      case Gives.Messages(Message in, Message out) ->
          success.description(
              "A WebSocket of JSON texts: "
                  + in.getDescriptorForType().getName()
                  + " in, "
                  + out.getDescriptorForType().getName()
                  + " out");
      case Gives.Nothing() -> {}
    }
    headers(description).forEach(success::addHeader);
    return success;
  }

  private static Map<String, Header> headers(Description description) {
    Map<String, Header> headers = new java.util.TreeMap<>();
    if (description.traits().contains(Trait.INDEXED)) {
      headers.put("X-Nomad-Index", header("The index the answer is of", SchemaType.INTEGER));
    }
    if (description.traits().contains(Trait.PAGED)) {
      headers.put(
          "X-Nomad-NextToken",
          header("Where the next page begins, if there is one", SchemaType.STRING));
    }
    return headers;
  }

  private static Header header(String meaning, SchemaType type) {
    return OASFactory.createHeader()
        .description(meaning)
        .schema(OASFactory.createSchema().addType(type));
  }

  /**
   * All a client may be told, those that every route has too: 500 for want of a way to a region.
   */
  private static SortedSet<Integer> refusals(Description description) {
    SortedSet<Integer> statuses = new TreeSet<>(Set.of(400, 404, 429, 500));
    if (!isOpen(description)) {
      statuses.add(403);
    }
    for (Kind kind : Kind.values()) {
      statuses.add(description.row(kind).status());
    }
    statuses.remove(200);
    return statuses;
  }

  private static String meaning(int status) {
    return switch (status) {
      case 400 -> "What was asked can't be understood, or can't be";
      case 403 -> "The token is none, or may not";
      case 404 -> "There is nothing of that name";
      case 409 -> "It does not fit what is there";
      case 413 -> "The body is too large";
      case 429 -> "Too much at once; Retry-After says when to come back";
      default -> "It can't be done now, or not with what is there; the text says why";
    };
  }

  private static Content content(String type, Schema schema) {
    return OASFactory.createContent()
        .addMediaType(bare(type), OASFactory.createMediaType().schema(schema));
  }

  private static String bare(String type) {
    int parameters = type.indexOf(';');
    return parameters < 0 ? type : type.substring(0, parameters);
  }

  private static boolean isJson(Gives gives) {
    return switch (gives) {
      case Gives.Document document -> true;
      case Gives.DocumentOrNull document -> true;
      case Gives.Documents documents -> true;
      case Gives.Json json -> true;
      default -> false;
    };
  }
}
