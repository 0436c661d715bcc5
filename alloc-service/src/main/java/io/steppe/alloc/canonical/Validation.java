package io.steppe.alloc.canonical;

import io.steppe.rpc.ErrorList;
import java.util.List;

/**
 * What is wrong with a job, and what is only odd.
 *
 * @param errors each a text of its own; the job can't be registered with any
 * @param warnings each a text of its own
 */
public record Validation(List<String> errors, List<String> warnings) {
  public Validation {
    errors = List.copyOf(errors);
    warnings = List.copyOf(warnings);
  }

  /** Whether the job can be registered. */
  public boolean valid() {
    return errors.isEmpty();
  }

  /** All errors as one text, or empty. */
  public String error() {
    return errors.isEmpty() ? "" : ErrorList.text(errors);
  }

  /** All warnings as one text, or empty. */
  public String warning() {
    return warnings.isEmpty()
        ? ""
        : warnings.size() + " warning(s):\n\n* " + String.join("\n* ", warnings);
  }
}
