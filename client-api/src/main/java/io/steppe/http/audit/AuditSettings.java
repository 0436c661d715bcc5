package io.steppe.http.audit;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The audit log. Names and meanings are those of the audit block of a Nomad agent. */
@ConfigMapping(prefix = "steppe.audit")
public interface AuditSettings {
  /** Whether requests are written down. */
  @WithDefault("false")
  boolean enabled();

  /** The file; standard output unless set. */
  Optional<String> path();

  /** Rights of the file, in octal digits. */
  @WithDefault("0600")
  String mode();

  /** Bytes of a file after which another is begun. */
  @WithDefault("100M")
  MemorySize rotateBytes();

  /** Age of a file after which another is begun. */
  @WithDefault("24H")
  Duration rotateDuration();

  /** Files that are kept besides the one that is written; 0 for all. */
  @WithDefault("0")
  int rotateMaxFiles();

  /**
   * Whether requests are refused while what is written down does not get through ({@code
   * enforced}), or go on without being written down ({@code best-effort}).
   */
  @WithDefault("enforced")
  Guarantee deliveryGuarantee();

  /** Entries that may wait to be written. */
  @WithDefault("10000")
  int queue();

  /** What is not written down, by names of the operator's choice. */
  Map<String, Filter> filters();

  /** What happens when entries can't be written. */
  enum Guarantee {
    ENFORCED,
    BEST_EFFORT
  }

  /** Leaves out what all three of its lists name; "*" in a list stands for everything. */
  interface Filter {
    /** Paths; "*" in one stands for any characters. */
    @WithDefault("*")
    List<String> endpoints();

    /** OperationReceived, OperationComplete. */
    @WithDefault("*")
    List<String> stages();

    /** Methods. */
    @WithDefault("*")
    List<String> operations();
  }
}
