package io.steppe.clientapi;

import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.http.query.GoErrors;
import io.steppe.http.query.GoValues;
import io.steppe.http.query.Query;
import io.steppe.json.InvalidJsonException;
import io.steppe.json.Json;
import io.steppe.rpc.v1.Exec;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What a client wants to run in a task.
 *
 * @param exec the command
 * @param greets whether the client sends a greeting before anything else, as browsers do that can't
 *     send a token in a header
 */
record ExecQuery(Exec exec, boolean greets) {
  /**
   * Reads it.
   *
   * @throws Refusal for what can't be understood, before the connection is made a WebSocket
   */
  static ExecQuery of(Request request) {
    Query query = request.query();
    Exec exec =
        Exec.newBuilder()
            .setTask(query.text("task"))
            .addAllCommand(command(query.text("command")))
            .setTty(bool(query, "tty"))
            .setAction(query.text("action"))
            .setJob(query.text("job"))
            .build();
    return new ExecQuery(exec, bool(query, "ws_handshake"));
  }

  private static List<String> command(String json) {
    if (json.isEmpty()) {
      throw unreadable("unexpected end of JSON input");
    }
    try {
      return Json.readStrings(json.getBytes(StandardCharsets.UTF_8));
    } catch (InvalidJsonException e) {
      throw unreadable(e.getMessage());
    }
  }

  private static Refusal unreadable(String why) {
    return new Refusal(500, "failed to marshal command into json: " + why);
  }

  private static boolean bool(Query query, String name) {
    String text = query.text(name);
    return !text.isEmpty()
        && GoValues.bool(text)
            .orElseThrow(
                () ->
                    new Refusal(
                        500, name + " value is not a boolean: " + GoErrors.parseBool(text)));
  }
}
