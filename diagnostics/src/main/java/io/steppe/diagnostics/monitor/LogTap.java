package io.steppe.diagnostics.monitor;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Filter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.jboss.logmanager.Logger;

/**
 * Where followers of the log get their lines. While one wants more than is logged, Steppe's own
 * loggers say more; the log's other places don't get that.
 */
public final class LogTap {
  private static final String OWN = "io.steppe";
  private static final LogTap OF_PROCESS = new LogTap();

  private final List<Tail> tails = new ArrayList<>();
  private final Map<Handler, Filter> filters = new HashMap<>();
  private boolean lowered;
  private Level before;

  private LogTap() {}

  /** The tap of this process's log: there is one log. */
  public static LogTap ofProcess() {
    return OF_PROCESS;
  }

  /** What is logged from now on, from a level up. */
  synchronized Tail open(LogLevel level, boolean located) {
    Tail tail = new Tail(level, located, this::close);
    tails.add(tail);
    root().addHandler(tail.handler());
    adjust();
    return tail;
  }

  private synchronized void close(Tail tail) {
    if (tails.remove(tail)) {
      root().removeHandler(tail.handler());
      adjust();
    }
  }

  /** Lets Steppe's loggers say as much as the most curious follower wants. */
  private void adjust() {
    Logger own = Logger.getLogger(OWN);
    if (lowered) {
      own.setLevel(before);
      filters.forEach(Handler::setFilter);
      filters.clear();
      lowered = false;
    }
    tails.stream()
        .map(Tail::level)
        .min(Comparator.naturalOrder())
        .map(LogLevel::level)
        .filter(wanted -> wanted.intValue() < own.getEffectiveLevel())
        .ifPresent(wanted -> lower(own, wanted));
  }

  private void lower(Logger own, Level wanted) {
    int usual = own.getEffectiveLevel();
    before = own.getLevel();
    for (Handler handler : root().getHandlers()) {
      if (tails.stream().noneMatch(tail -> tail.handler() == handler)) {
        Filter present = handler.getFilter();
        filters.put(handler, present);
        handler.setFilter(
            line ->
                (present == null || present.isLoggable(line))
                    && (line.getLevel().intValue() >= usual || asUsual(line)));
      }
    }
    own.setLevel(wanted);
    lowered = true;
  }

  /** Whether a line below the usual level comes from a logger that is set to say so much. */
  private static boolean asUsual(LogRecord line) {
    String name = line.getLoggerName();
    while (name.startsWith(OWN + ".")) {
      if (Logger.getLogger(name).getLevel() != null) {
        return true;
      }
      name = name.substring(0, name.lastIndexOf('.'));
    }
    return !name.equals(OWN);
  }

  private static Logger root() {
    return Logger.getLogger("");
  }
}
