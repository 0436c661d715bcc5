package io.steppe.agent.driver;

import io.steppe.agent.task.StartFailure;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What of root's power a task can have.
 *
 * @param possible what it can ever gain; a task of root's has it all
 * @param given what it has though it is not root's: what the job asked for by name
 */
public record Capabilities(Set<String> possible, Set<String> given) {
  /**
   * @param allowed by the agent
   * @param add a task's {@code cap_add}
   * @param drop a task's {@code cap_drop}
   */
  public static Capabilities of(Set<String> allowed, List<String> add, List<String> drop)
      throws StartFailure {
    Set<String> added = names(add);
    Set<String> dropped = names(drop);
    Set<String> possible = new TreeSet<>(dropped.contains("all") ? Set.of() : allowed);
    possible.removeAll(dropped);
    Set<String> given = added.contains("all") ? new TreeSet<>(allowed) : added;
    if (!allowed.contains("all")) {
      Set<String> refused = new TreeSet<>(given);
      refused.removeAll(allowed);
      if (!refused.isEmpty()) {
        throw new StartFailure(
            "driver does not allow the following capabilities: " + String.join(", ", refused),
            false);
      }
    }
    possible.addAll(given);
    return new Capabilities(possible, given);
  }

  private static Set<String> names(List<String> capabilities) {
    return capabilities.stream()
        .map(name -> name.toLowerCase(Locale.ROOT))
        .map(name -> name.startsWith("cap_") ? name.substring("cap_".length()) : name)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Arguments of setpriv. */
  List<String> arguments() {
    return List.of(
        "--bounding-set=" + list(possible),
        "--inh-caps=" + list(given),
        "--ambient-caps=" + list(given));
  }

  private static String list(Set<String> names) {
    return names.contains("all")
        ? "+all"
        : names.stream().map(name -> ",+" + name).collect(Collectors.joining("", "-all", ""));
  }
}
