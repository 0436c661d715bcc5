package io.steppe.alloc.canonical;

import java.util.Set;
import java.util.regex.Pattern;

/** Whether a text looks like a cron expression; what it means is decided where it is used. */
final class CronShape {
  private static final Pattern FIELD =
      Pattern.compile(
          "(\\*|\\?|[0-9A-Za-z#]{1,6}(-[0-9A-Za-z]{1,4})?)(/[0-9]{1,4})?(,[0-9A-Za-z#*/-]{1,12})*");
  private static final Set<String> NAMES =
      Set.of("@annually", "@yearly", "@monthly", "@weekly", "@daily", "@midnight", "@hourly");

  private CronShape() {}

  /** Five fields, or six or seven with seconds and years; or a name for a usual one. */
  static boolean valid(String spec) {
    String text = spec.trim();
    if (NAMES.contains(text)) {
      return true;
    }
    String[] fields = text.split("\\s+");
    if (fields.length < 5 || fields.length > 7) {
      return false;
    }
    for (String field : fields) {
      if (!FIELD.matcher(field).matches()) {
        return false;
      }
    }
    return true;
  }
}
