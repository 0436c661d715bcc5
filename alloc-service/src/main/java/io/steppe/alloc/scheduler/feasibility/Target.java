package io.steppe.alloc.scheduler.feasibility;

import io.steppe.alloc.scheduler.fleet.NodeFacts;
import java.util.Optional;

/**
 * One side of a constraint: a word as it is, or something of the node: {@code ${attr.kernel.name}}.
 */
public sealed interface Target {

  /** Its value on a node; empty where the node has none. */
  Optional<String> resolve(NodeFacts node);

  /** Whether nodes of one computed class may differ in it. */
  boolean unique();

  /** Reads a side of a constraint. A target of no known kind has no value anywhere. */
  static Target of(String text, String region) {
    if (!text.startsWith("${") || !text.endsWith("}")) {
      return new Word(text);
    }
    String name = text.substring(2, text.length() - 1);
    if (name.startsWith("attr.")) {
      return new Attribute(name.substring(5));
    }
    if (name.startsWith("meta.")) {
      return new Meta(name.substring(5));
    }
    return switch (name) {
      case "node.unique.id" -> new Property(Of.ID);
      case "node.unique.name" -> new Property(Of.NAME);
      case "node.datacenter" -> new Property(Of.DATACENTER);
      case "node.class" -> new Property(Of.CLASS);
      case "node.pool" -> new Property(Of.POOL);
      case "node.region" -> new Word(region);
      default -> new Nothing();
    };
  }

  /** A literal. */
  record Word(String word) implements Target {
    @Override
    public Optional<String> resolve(NodeFacts node) {
      return Optional.of(word);
    }

    @Override
    public boolean unique() {
      return false;
    }
  }

  /** An attribute of the node's fingerprint. */
  record Attribute(String key) implements Target {
    @Override
    public Optional<String> resolve(NodeFacts node) {
      return Optional.ofNullable(node.attributes().get(key));
    }

    @Override
    public boolean unique() {
      return key.startsWith("unique.");
    }
  }

  /** A key of the node's metadata. */
  record Meta(String key) implements Target {
    @Override
    public Optional<String> resolve(NodeFacts node) {
      return Optional.ofNullable(node.meta().get(key));
    }

    @Override
    public boolean unique() {
      return key.startsWith("unique.");
    }
  }

  /** What a node is called and where it belongs. */
  enum Of {
    ID,
    NAME,
    DATACENTER,
    CLASS,
    POOL
  }

  /** One of those. */
  record Property(Of of) implements Target {
    @Override
    public Optional<String> resolve(NodeFacts node) {
      return Optional.of(
          switch (of) {
            case ID -> node.id();
            case NAME -> node.name();
            case DATACENTER -> node.datacenter();
            case CLASS -> node.nodeClass();
            case POOL -> node.pool();
          });
    }

    @Override
    public boolean unique() {
      return of == Of.ID || of == Of.NAME;
    }
  }

  /** A target of no known kind. */
  record Nothing() implements Target {
    @Override
    public Optional<String> resolve(NodeFacts node) {
      return Optional.empty();
    }

    @Override
    public boolean unique() {
      return false;
    }
  }
}
