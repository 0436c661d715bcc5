package io.steppe.agent.metadata;

import io.steppe.proto.v1.NodeMetadata;
import io.steppe.proto.v1.NullableString;
import io.steppe.rpc.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Labels of the node: those of its settings, and over them those set while it runs, which are kept
 * with the node's data.
 */
public final class DynamicMeta {
  private static final Pattern KEY =
      Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_-]*(\\.[\\p{L}\\p{N}_][\\p{L}\\p{N}_-]*)*");

  /** What is kept of them, at most. */
  private static final int MOST_BYTES = 128 << 10;

  private final Path file;
  private final Map<String, String> settings;
  private final Consumer<Map<String, String>> changed;
  private Map<String, NullableString> dynamic;

  /**
   * Reads what was set before.
   *
   * @param settings labels of the agent's settings
   * @param changed hears all labels when one changed
   */
  public DynamicMeta(
      Path folder, Map<String, String> settings, Consumer<Map<String, String>> changed)
      throws IOException {
    this.file = folder.resolve("dynamic-meta");
    this.settings = Map.copyOf(settings);
    this.changed = changed;
    this.dynamic = kept();
  }

  private Map<String, NullableString> kept() throws IOException {
    try {
      return NodeMetadata.parseFrom(Files.readAllBytes(file)).getDynamicMap();
    } catch (NoSuchFileException e) {
      return Map.of();
    }
  }

  /** All labels the node has. */
  public synchronized Map<String, String> all() {
    return merged(dynamic);
  }

  /** As the API shows them. */
  public synchronized NodeMetadata document() {
    return NodeMetadata.newBuilder()
        .putAllMeta(merged(dynamic))
        .putAllDynamic(dynamic)
        .putAllStatic(settings)
        .build();
  }

  /**
   * Sets labels; a null unsets one.
   *
   * @throws Failure INVALID for none, for keys that are no names and for too much
   */
  public synchronized NodeMetadata apply(Map<String, NullableString> changes) {
    if (changes.isEmpty()) {
      throw Failure.invalid("missing required Meta object");
    }
    changes.keySet().forEach(DynamicMeta::check);
    Map<String, NullableString> next = new TreeMap<>(dynamic);
    next.putAll(changes);
    NodeMetadata stored = NodeMetadata.newBuilder().putAllDynamic(next).build();
    if (stored.getSerializedSize() > MOST_BYTES) {
      throw Failure.invalid("metadata must not exceed " + MOST_BYTES + " bytes");
    }
    Map<String, String> before = merged(dynamic);
    keep(stored);
    dynamic = next;
    Map<String, String> after = merged(next);
    if (!after.equals(before)) {
      changed.accept(after);
    }
    return document();
  }

  private static void check(String key) {
    if (key.isEmpty()) {
      throw Failure.invalid("metadata keys must not be empty");
    }
    if (!KEY.matcher(key).matches()) {
      throw Failure.invalid(
          "\"" + key + "\" is invalid; metadata keys must be valid dotted hcl identifiers");
    }
  }

  private void keep(NodeMetadata stored) {
    Path next = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.write(next, stored.toByteArray());
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException("failed to keep the node's metadata", e);
    }
  }

  private Map<String, String> merged(Map<String, NullableString> over) {
    Map<String, String> all = new TreeMap<>(settings);
    over.forEach(
        (key, value) -> {
          if (value.hasValue()) {
            all.put(key, value.getValue());
          } else {
            all.remove(key);
          }
        });
    return all;
  }
}
