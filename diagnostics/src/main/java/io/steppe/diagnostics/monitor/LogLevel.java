package io.steppe.diagnostics.monitor;

import java.util.Locale;
import java.util.Optional;
import java.util.logging.Level;

/** How much a log line matters, by the names that clients use. */
public enum LogLevel {
  TRACE(org.jboss.logmanager.Level.TRACE),
  DEBUG(org.jboss.logmanager.Level.DEBUG),
  INFO(org.jboss.logmanager.Level.INFO),
  WARN(org.jboss.logmanager.Level.WARN),
  ERROR(org.jboss.logmanager.Level.ERROR);

  private final Level level;

  LogLevel(Level level) {
    this.level = level;
  }

  /** The level of a name in any case; info for none. */
  public static Optional<LogLevel> of(String name) {
    if (name.isEmpty()) {
      return Optional.of(INFO);
    }
    for (LogLevel level : values()) {
      if (level.name().equals(name.toUpperCase(Locale.ROOT))) {
        return Optional.of(level);
      }
    }
    return Optional.empty();
  }

  /** The highest level that a level of the log manager reaches. */
  static LogLevel of(Level level) {
    LogLevel found = TRACE;
    for (LogLevel one : values()) {
      if (level.intValue() >= one.level.intValue()) {
        found = one;
      }
    }
    return found;
  }

  Level level() {
    return level;
  }
}
