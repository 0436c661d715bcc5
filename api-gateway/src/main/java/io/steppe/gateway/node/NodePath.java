package io.steppe.gateway.node;

import io.steppe.http.Request;

/** {@code /v1/node/<id>/<what>}. */
final class NodePath {
  private static final String BASE = "/v1/node/";

  private NodePath() {}

  /** The id as it is written in the path, before what is done. */
  static String id(Request request, String what) {
    String rest = request.pathAfter(BASE);
    return rest.substring(0, rest.length() - what.length() - 1);
  }
}
