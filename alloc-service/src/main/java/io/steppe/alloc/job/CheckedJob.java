package io.steppe.alloc.job;

import io.steppe.alloc.canonical.Canonicaliser;
import io.steppe.proto.v1.Job;
import java.util.List;

/**
 * A job as it came in, made canonical and checked.
 *
 * @param errors why it can't be registered; none for a valid one
 * @param warnings one text, empty for none
 */
record CheckedJob(Job job, List<String> errors, String warnings) {
  CheckedJob {
    errors = List.copyOf(errors);
  }

  static CheckedJob of(Job given) {
    return new CheckedJob(Canonicaliser.canonicalise(given), List.of(), "");
  }

  /** All errors as one text; empty for none. */
  String errorText() {
    return String.join("\n", errors);
  }
}
