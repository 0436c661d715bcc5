package io.steppe.rpc;

import java.util.List;

/** Several errors as the one text that clients of this API know. */
public final class ErrorList {
  private ErrorList() {}

  /** "2 errors occurred:\n\t* ...\n\t* ...\n\n". */
  public static String text(List<String> errors) {
    String head = errors.size() == 1 ? "1 error occurred:" : errors.size() + " errors occurred:";
    return head + "\n\t* " + String.join("\n\t* ", errors) + "\n\n";
  }
}
