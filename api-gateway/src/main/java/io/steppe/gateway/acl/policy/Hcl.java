package io.steppe.gateway.acl.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a text of HashiCorp's configuration language says, as policies use it: blocks with labels,
 * and attributes. No expressions.
 */
sealed interface Hcl {
  /** {@code type "label" { ... }}. */
  record Block(String type, List<String> labels, Body body, int line) implements Hcl {}

  /** {@code name = value}. */
  record Attribute(String name, Value value, int line) implements Hcl {}

  /** What stands between braces, in order. */
  record Body(List<Hcl> items) {
    public Body {
      items = List.copyOf(items);
    }

    /** A JSON object as a body: what is an object itself is a block without labels. */
    static Body of(Value.Fields fields, int line) {
      List<Hcl> items = new ArrayList<>();
      fields.fields().forEach((name, value) -> add(items, name, value, line));
      return new Body(items);
    }

    private static void add(List<Hcl> items, String name, Value value, int line) {
      switch (value) {
        case Value.Fields object -> items.add(new Block(name, List.of(), of(object, line), line));
        case Value.Items list
            when !list.items().isEmpty()
                && list.items().stream().allMatch(Value.Fields.class::isInstance) ->
            list.items().forEach(item -> add(items, name, item, line));
        default -> items.add(new Attribute(name, value, line));
      }
    }
  }

  /** What an attribute is. */
  sealed interface Value {
    /** Text. */
    record Text(String text) implements Value {}

    /** A number or a boolean, as it is written. */
    record Literal(String text) implements Value {}

    /** A list. */
    record Items(List<Value> items) implements Value {}

    /** An object. */
    record Fields(Map<String, Value> fields) implements Value {}
  }
}
