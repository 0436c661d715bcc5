package io.steppe.clientapi;

import io.steppe.http.failure.Refusal;
import io.steppe.http.query.GoErrors;
import io.steppe.http.query.GoValues;
import io.steppe.http.query.Query;

/**
 * Which part of which log.
 *
 * @param allocationId whose
 * @param task its task
 * @param type "stdout" or "stderr"
 * @param offset bytes from the origin
 * @param origin "start" or "end"
 * @param follow whether to wait for more at the end
 * @param plain bytes as they are, instead of frames
 */
record LogQuery(
    String allocationId,
    String task,
    String type,
    long offset,
    String origin,
    boolean follow,
    boolean plain) {

  static LogQuery of(Query query, String allocationId) {
    if (allocationId.isEmpty()) {
      throw Refusal.badRequest("must provide a valid alloc id");
    }
    String task = query.text("task");
    if (task.isEmpty()) {
      throw Refusal.badRequest("must provide task name");
    }
    boolean follow = bool(query, "follow");
    boolean plain = bool(query, "plain");
    String type = query.text("type");
    if (!type.equals("stdout") && !type.equals("stderr")) {
      throw Refusal.badRequest("must provide log type (stdout/stderr)");
    }
    return new LogQuery(allocationId, task, type, offset(query), origin(query), follow, plain);
  }

  /** Bytes from the origin; none for nothing. */
  static long offset(Query query) {
    String text = query.text("offset");
    return text.isEmpty() ? 0 : number("offset", text);
  }

  /** A number that must be one. */
  static long number(String name, String text) {
    return GoValues.integer(text)
        .orElseThrow(
            () -> Refusal.badRequest("error parsing " + name + ": " + GoErrors.parseInt(text)));
  }

  /** Where the offset counts from. */
  static String origin(Query query) {
    return switch (query.text("origin")) {
      case "", "start" -> "start";
      case "end" -> "end";
      default -> throw Refusal.badRequest("origin must be start or end");
    };
  }

  private static boolean bool(Query query, String name) {
    String text = query.text(name);
    return !text.isEmpty()
        && GoValues.bool(text)
            .orElseThrow(
                () ->
                    Refusal.badRequest(
                        "failed to parse "
                            + name
                            + " field to boolean: "
                            + GoErrors.parseBool(text)));
  }
}
