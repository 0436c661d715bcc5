package io.steppe.query;

import io.steppe.json.Value;
import io.steppe.json.Value.Entries;
import io.steppe.json.Value.Fields;
import io.steppe.json.Value.Items;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What selectors can name: the object, and inside of element conditions the names given there. */
final class Scope {
  private final Value object;
  private final Optional<Bound> bound;

  /** An object's. */
  Scope(Value object) {
    this(object, Optional.empty());
  }

  private Scope(Value object, Optional<Bound> bound) {
    this.object = object;
    this.bound = bound;
  }

  /** With a name for what lies at a path of the object. */
  Scope with(String name, List<String> path) {
    return new Scope(object, Optional.of(new Place(name, path, bound)));
  }

  /** With a name for a value that lies nowhere: a key, a position. */
  Scope with(String name, Value value) {
    return new Scope(object, Optional.of(new Fixed(name, value, bound)));
  }

  /** The value of a selector; empty where a map does not have the last name of it. */
  Optional<Value> find(Selector selector) {
    List<String> path = selector.path();
    return switch (named(path.getFirst()).orElse(null)) {
      case null -> find(path);
      case Place place -> find(place.under(path));
      case Fixed fixed -> {
        if (path.size() > 1) {
          throw InvalidFilterException.evaluation(
              "/%s references a %s so %s is invalid"
                  .formatted(fixed.name, Kinds.ofName(fixed.value), Selector.pointer(path)));
        }
        yield Optional.of(fixed.value);
      }
    };
  }

  /** The selector's path in the object, names replaced. */
  List<String> path(Selector selector) {
    List<String> path = selector.path();
    return named(path.getFirst()).orElse(null) instanceof Place place ? place.under(path) : path;
  }

  private Optional<Bound> named(String name) {
    Optional<Bound> at = bound;
    while (at.isPresent() && !at.get().name().equals(name)) {
      at = at.get().outer();
    }
    return at;
  }

  private Optional<Value> find(List<String> path) {
    Value at = object;
    for (int i = 0; i < path.size(); i++) {
      String part = path.get(i);
      Optional<Value> next =
          switch (at) {
            case Fields<?> fields -> Optional.of(field(fields.get(part), path, i));
            case Entries<?> entries -> entry(entries, path, i);
            case Items<?> items -> Optional.of(item(items, path, i));
            case Value.Time _ -> Optional.of(field(Optional.empty(), path, i));
            default ->
                throw InvalidFilterException.evaluation(
                    "error finding value in datum: %s: at part %d, invalid value kind: %s"
                        .formatted(Selector.pointer(path), i, Kinds.of(at)));
          };
      if (next.isEmpty()) {
        return next;
      }
      at = next.get();
    }
    return Optional.of(at);
  }

  private static Value field(Optional<Value> found, List<String> path, int part) {
    return found.orElseThrow(() -> noField(path, part));
  }

  /** Said where a path names a field that is not there. */
  static InvalidFilterException noField(List<String> path, int part) {
    return lost(
        path, part, "couldn't find key: struct field with name " + GoText.shown(path.get(part)));
  }

  private static Optional<Value> entry(Entries<?> entries, List<String> path, int part) {
    Optional<Value> found = entries.get(path.get(part));
    if (found.isEmpty() && part < path.size() - 1) {
      throw lost(path, part, "couldn't find key " + GoText.shown(path.get(part)));
    }
    return found;
  }

  private static Value item(Items<?> items, List<String> path, int part) {
    long index =
        GoNumbers.signed(path.get(part))
            .value()
            .orElseThrow(
                () ->
                    lost(
                        path,
                        part,
                        "couldn't convert value %s to type int"
                            .formatted(GoText.shown(path.get(part)))));
    if (index < 0 || index >= items.size()) {
      throw lost(
          path, part, "index %d is out of range (length = %d)".formatted(index, items.size()));
    }
    return items.get((int) index);
  }

  private static InvalidFilterException lost(List<String> path, int part, String why) {
    return InvalidFilterException.evaluation(
        "error finding value in datum: %s at part %d: %s"
            .formatted(Selector.pointer(path), part, why));
  }

  private sealed interface Bound {
    String name();

    Optional<Bound> outer();
  }

  private record Place(String name, List<String> path, Optional<Bound> outer) implements Bound {
    List<String> under(List<String> selected) {
      return Stream.concat(path.stream(), selected.stream().skip(1)).toList();
    }
  }

  private record Fixed(String name, Value value, Optional<Bound> outer) implements Bound {}
}
