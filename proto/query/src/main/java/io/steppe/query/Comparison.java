package io.steppe.query;

import com.google.re2j.Pattern;
import io.steppe.json.Value;
import io.steppe.query.GoNumbers.Parsed;

/**
 * A literal held against values. It is taken as the type of the value, which is an error where it
 * has no such value.
 *
 * @param selector what the values were found by
 */
record Comparison(Selector selector, String literal) {

  boolean equal(Value value) {
    if (!isPrimitive(value)) {
      throw InvalidFilterException.evaluation(
          "unable to find suitable primitive comparison function for matching");
    }
    return same(value);
  }

  boolean contained(Value value) {
    return switch (value) {
      case Value.Text text -> text.text().contains(literal);
      case Value.Entries<?> entries -> entries.map().containsKey(literal);
      case Value.Items<?> items -> containedIn(items);
      default -> {
        if (isPrimitive(value)) {
          // A literal that is no such value is the error that counts.
          same(value);
        }
        throw inapplicable("in/contains", value);
      }
    };
  }

  boolean empty(Value value) {
    return switch (value) {
      case Value.Text text -> text.text().isEmpty();
      case Value.Bytes bytes -> bytes.bytes().isEmpty();
      case Value.Items<?> items -> items.size() == 0;
      case Value.Entries<?> entries -> entries.size() == 0;
      default -> throw inapplicable("is-empty", value);
    };
  }

  /** An empty list or map is none at all: what is stored does not tell the two apart. */
  boolean nil(Value value) {
    return switch (value) {
      case Value.Null _ -> true;
      case Value.Fields<?> _, Value.Time _ -> false;
      case Value.Bytes bytes -> bytes.bytes().isEmpty();
      case Value.Items<?> items -> items.size() == 0;
      case Value.Entries<?> entries -> entries.size() == 0;
      default -> throw inapplicable("is-nil", value);
    };
  }

  static boolean matches(Value value, Pattern pattern) {
    return switch (value) {
      case Value.Text text -> pattern.matcher(text.text()).find();
      case Value.Bytes bytes -> pattern.matcher(bytes.bytes().toByteArray()).find();
      default ->
          throw InvalidFilterException.evaluation(
              "value of type %s is not convertible to []byte".formatted(Kinds.type(value)));
    };
  }

  private boolean containedIn(Value.Items<?> items) {
    for (int i = 0; i < items.size(); i++) {
      Value item = items.get(i);
      if (!isPrimitive(item)) {
        throw InvalidFilterException.evaluation(
            "unable to find suitable primitive comparison function for \"in\" comparison");
      }
      if (same(item)) {
        return true;
      }
    }
    return false;
  }

  private boolean same(Value value) {
    return switch (value) {
      case Value.Text text -> text.text().equals(literal);
      case Value.Bool bool -> bool.value() == taken(GoNumbers.bool(literal));
      case Value.Whole whole -> whole.value() == taken(GoNumbers.signed(literal));
      case Value.Unsigned unsigned -> unsigned.bits() == taken(GoNumbers.unsigned(literal));
      case Value.Real real -> real.value() == taken(GoNumbers.real(literal));
      default -> throw new IllegalStateException("No primitive value: " + value);
    };
  }

  private static boolean isPrimitive(Value value) {
    return switch (value) {
      case Value.Text _, Value.Bool _, Value.Whole _, Value.Unsigned _, Value.Real _ -> true;
      default -> false;
    };
  }

  private static <T> T taken(Parsed<T> parsed) {
    return parsed
        .value()
        .orElseThrow(
            () ->
                InvalidFilterException.evaluation(
                    "error getting match value in expression: " + parsed.error()));
  }

  private InvalidFilterException inapplicable(String operations, Value value) {
    return InvalidFilterException.evaluation(
        "cannot perform %s operations on type %s for selector: %s"
            .formatted(operations, Kinds.of(value), GoText.shown(selector.name())));
  }
}
