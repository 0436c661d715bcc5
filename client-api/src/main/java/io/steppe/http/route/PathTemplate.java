package io.steppe.http.route;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A path with names for what stands between slashes, like {@code /v1/node/{node_id}}; with {@code
 * {+job_id}} it may hold slashes itself.
 */
public final class PathTemplate {
  private static final Pattern NAME = Pattern.compile("\\{(\\+?)([a-z_]+)}");

  private final String text;
  private final String beginning;
  private final int literals;
  private final List<String> names;
  private final Pattern pattern;
  private final boolean slashes;

  private PathTemplate(String text) {
    this.text = NAME.matcher(text).replaceAll("{$2}");
    int brace = text.indexOf('{');
    beginning = brace < 0 ? text : text.substring(0, brace);
    literals = NAME.matcher(text).replaceAll("").length();
    List<String> found = new ArrayList<>();
    StringBuilder regex = new StringBuilder();
    Matcher name = NAME.matcher(text);
    int at = 0;
    while (name.find()) {
      regex.append(Pattern.quote(text.substring(at, name.start())));
      regex.append(name.group(1).isEmpty() ? "([^/]*)" : "(.*)");
      found.add(name.group(2));
      at = name.end();
    }
    regex.append(Pattern.quote(text.substring(at)));
    names = List.copyOf(found);
    slashes = text.contains("{+");
    pattern = Pattern.compile(regex.toString(), Pattern.DOTALL);
  }

  /** A template. */
  public static PathTemplate of(String text) {
    return new PathTemplate(text);
  }

  /** Whether a path, percent-encoding undone, is of this form. */
  public boolean matches(String path) {
    return path.startsWith(beginning) && pattern.matcher(path).matches();
  }

  /** Names of what is not the same in all paths, in their order. */
  public List<String> names() {
    return names;
  }

  /** Whether what a name stands for may hold slashes. */
  public boolean takesSlashes() {
    return slashes;
  }

  /** How much of it is the same in all paths: the more, the more it says. */
  int literals() {
    return literals;
  }

  /** As documentation writes it: {@code /v1/job/{job_id}/allocations}. */
  @Override
  public String toString() {
    return text;
  }
}
