package io.steppe.alloc.canonical;

import io.steppe.rpc.ErrorList;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is wrong with one part of a job, collected; written as clients know it. */
final class Problems {
  private final List<String> texts = new ArrayList<>();

  void add(String text) {
    texts.add(text);
  }

  void addIf(boolean wrong, String text) {
    if (wrong) {
      texts.add(text);
    }
  }

  /** Takes what is wrong with a part, as one problem that starts with the given words. */
  void within(String where, Problems part) {
    part.text().ifPresent(text -> texts.add(where + " validation failed: " + text));
  }

  /** Takes each problem of a part as its own. */
  void all(Problems part) {
    texts.addAll(part.texts);
  }

  List<String> texts() {
    return List.copyOf(texts);
  }

  /** All as one text: "2 errors occurred:\n\t* ...\n\t* ...\n\n". */
  Optional<String> text() {
    return texts.isEmpty() ? Optional.empty() : Optional.of(ErrorList.text(texts));
  }
}
