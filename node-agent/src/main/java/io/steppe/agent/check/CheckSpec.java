package io.steppe.agent.check;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A check of a service of an allocation.
 *
 * @param id the same for the same check of the same allocation
 * @param group the allocation's name
 * @param task whose service it is; empty for one of the group
 * @param readiness says whether the service should be asked, not whether its deployment goes on
 * @param warningsPass a script's warning counts as a success
 * @param initialStatus until the first result
 * @param restart when tasks are restarted; empty for never
 */
record CheckSpec(
    String id,
    String name,
    String service,
    String group,
    String task,
    boolean readiness,
    boolean warningsPass,
    String initialStatus,
    Duration interval,
    Duration timeout,
    Target target,
    Optional<RestartRule> restart) {

  /** What is looked at. */
  sealed interface Target {
    /**
     * @param headers names to values
     * @param insecure any certificate will do
     */
    record Http(
        String method, URI uri, Map<String, List<String>> headers, String body, boolean insecure)
        implements Target {}

    record Tcp(String host, int port) implements Target {}

    /**
     * @param task beside which it runs
     */
    record Script(String task, List<String> command) implements Target {}

    /** Nothing that this agent can look at. */
    record Impossible(String why) implements Target {}
  }

  /**
   * @param limit failures in a row after which the task is restarted
   * @param grace after its start, in which failures are not counted
   * @param task to restart; empty for all that run
   */
  record RestartRule(int limit, Duration grace, boolean ignoreWarnings, String task) {}

  String mode() {
    return readiness ? "readiness" : "healthiness";
  }
}
