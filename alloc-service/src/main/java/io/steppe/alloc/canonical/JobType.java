package io.steppe.alloc.canonical;

import java.util.Optional;

/** What kind of job it is: decides which scheduler takes it and which defaults it has. */
public enum JobType {
  SERVICE("service"),
  BATCH("batch"),
  SYSTEM("system"),
  SYSBATCH("sysbatch");

  private final String word;

  JobType(String word) {
    this.word = word;
  }

  /** As a job says it. */
  public String word() {
    return word;
  }

  /** Runs to an end. */
  public boolean ends() {
    return this == BATCH || this == SYSBATCH;
  }

  /** One allocation for every node that suits, instead of a count. */
  public boolean everywhere() {
    return this == SYSTEM || this == SYSBATCH;
  }

  /** The type a job names; empty for a word that is none. */
  public static Optional<JobType> of(String word) {
    for (JobType type : values()) {
      if (type.word.equals(word)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
