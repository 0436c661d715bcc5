package io.steppe.clientapi.process;

import io.steppe.http.failure.Refusal;
import io.steppe.http.query.GoErrors;
import io.steppe.http.query.GoValues;
import io.steppe.http.query.Query;
import io.steppe.rpc.v1.ProfileCall;
import java.util.Set;

/** Which profile of whom. */
record ProfileQuery(Asked asked, ProfileCall call) {
  /** Profiles that watch for a while, or look. */
  private static final Set<String> NAMES =
      Set.of(
          "cmdline",
          "profile",
          "trace",
          "goroutine",
          "heap",
          "allocs",
          "threadcreate",
          "block",
          "mutex");

  /**
   * @throws Refusal 404 for a profile there is not, 400 for what can't be understood
   */
  static ProfileQuery of(String name, Query query) {
    long seconds = number(query, "seconds", 1);
    long debug = number(query, "debug", 0);
    long gc = number(query, "gc", 0);
    Asked asked = Asked.of(query, "Cannot target node and server simultaneously");
    if (!NAMES.contains(name)) {
      throw new Refusal(404, "Pprof profile not found profile: " + name);
    }
    return new ProfileQuery(
        asked,
        ProfileCall.newBuilder()
            .setProfile(name)
            .setSeconds((int) seconds)
            .setDebug((int) debug)
            .setGc((int) gc)
            .build());
  }

  /** Whether it is for people. */
  boolean isText() {
    return call.getProfile().equals("cmdline")
        || (call.getDebug() > 0 && !call.getProfile().equals("trace"));
  }

  /** What it is called where it is kept. */
  String file() {
    return call.getProfile().equals("trace") ? "trace.jfr" : call.getProfile();
  }

  private static long number(Query query, String name, long otherwise) {
    String text = query.text(name);
    if (text.isEmpty()) {
      return otherwise;
    }
    long value =
        GoValues.integer(text)
            .orElseThrow(
                () ->
                    Refusal.badRequest(
                        "Failed to parse value of \""
                            + name
                            + "\" ("
                            + text
                            + ") as an int: "
                            + GoErrors.atoi(text)));
    if (value < 0 || value > Integer.MAX_VALUE) {
      throw Refusal.badRequest("Value of \"" + name + "\" is out of range");
    }
    return value;
  }
}
