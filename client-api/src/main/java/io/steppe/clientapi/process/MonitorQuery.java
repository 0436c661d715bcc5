package io.steppe.clientapi.process;

import io.steppe.http.failure.Refusal;
import io.steppe.http.query.GoErrors;
import io.steppe.http.query.GoValues;
import io.steppe.http.query.Query;
import io.steppe.rpc.v1.MonitorCall;
import java.util.Locale;
import java.util.Set;

/**
 * Whose log is followed, and how.
 *
 * @param plain lines as they are, instead of frames
 */
record MonitorQuery(Asked asked, MonitorCall call, boolean plain) {
  private static final Set<String> LEVELS = Set.of("trace", "debug", "info", "warn", "error");

  /**
   * @throws Refusal 400 for what can't be understood
   */
  static MonitorQuery of(Query query) {
    String level = query.text("log_level").isEmpty() ? "info" : query.text("log_level");
    if (!LEVELS.contains(level.toLowerCase(Locale.ROOT))) {
      throw Refusal.badRequest("Unknown log level: " + level);
    }
    boolean json = bool(query, "log_json", "log json");
    boolean located = bool(query, "log_include_location", "log_include_location");
    boolean plain = bool(query, "plain", "plain");
    return new MonitorQuery(
        Asked.of(query, "Cannot target node and server simultaneously"),
        MonitorCall.newBuilder()
            .setLogLevel(level)
            .setLogJson(json)
            .setLogIncludeLocation(located)
            .build(),
        plain);
  }

  private static boolean bool(Query query, String name, String told) {
    String text = query.text(name);
    if (text.isEmpty()) {
      return false;
    }
    return GoValues.bool(text)
        .orElseThrow(
            () ->
                Refusal.badRequest("Unknown option for " + told + ": " + GoErrors.parseBool(text)));
  }
}
