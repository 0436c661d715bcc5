package io.steppe.diagnostics.profile;

import io.steppe.rpc.Failure;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;

/** What is in memory, by class. */
final class ClassHistogram {
  /** Place, instances, bytes, class and perhaps its module. */
  private static final Pattern LINE = Pattern.compile("\\s*\\d+:\\s+(\\d+)\\s+(\\d+)\\s+(\\S+).*");

  private ClassHistogram() {}

  /**
   * Counts the objects.
   *
   * @param collect whether garbage goes first, so that only what is used is counted
   */
  static Stacks take(boolean collect) {
    if (VirtualMachine.isNativeImage()) {
      throw Failure.unavailable("a native executable can't count what is in its memory");
    }
    Stacks stacks =
        new Stacks(
            List.of(
                new Stacks.Kind("inuse_objects", "count"), new Stacks.Kind("inuse_space", "bytes")),
            Instant.now(),
            Duration.ZERO);
    histogram(collect)
        .lines()
        .map(LINE::matcher)
        .filter(Matcher::matches)
        .forEach(
            line ->
                stacks.add(
                    List.of(new Frame(line.group(3), "", 0)),
                    Long.parseLong(line.group(1)),
                    Long.parseLong(line.group(2))));
    return stacks;
  }

  private static String histogram(boolean collect) {
    try {
      return (String)
          ManagementFactory.getPlatformMBeanServer()
              .invoke(
                  new ObjectName("com.sun.management:type=DiagnosticCommand"),
                  "gcClassHistogram",
                  new Object[] {collect ? new String[0] : new String[] {"-all"}},
                  new String[] {String[].class.getName()});
    } catch (JMException e) {
      throw Failure.unavailable("the virtual machine does not count its objects");
    }
  }
}
