package io.steppe.query;

import java.util.Comparator;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * How a list is ordered, and how the token of an object says where a page starts.
 *
 * @param comparator first to last
 * @param token of an object
 * @param place an object's place against a token's
 */
public record Order<T>(Comparator<T> comparator, Function<T, String> token, PlaceOf<T> place) {
  /** By one text, which is the token as well. */
  public static <T> Order<T> by(Function<T, String> text) {
    return new Order<>(
        Comparator.comparing(text), text, (object, token) -> text.apply(object).compareTo(token));
  }

  /** By create index, then id; tokens are {@code <index>.<id>}. */
  public static <T> Order<T> byCreation(ToLongFunction<T> index, Function<T, String> id) {
    return new Order<>(
        Comparator.comparingLong(index).thenComparing(id),
        object -> index.applyAsLong(object) + "." + id.apply(object),
        (object, token) -> {
          int dot = token.indexOf('.');
          String number = dot < 0 ? token : token.substring(0, dot);
          if (!number.matches("[0-9]{1,18}")) {
            return 0;
          }
          int order = Long.compare(index.applyAsLong(object), Long.parseLong(number));
          return order != 0 || dot < 0
              ? order
              : id.apply(object).compareTo(token.substring(dot + 1));
        });
  }

  /** The same, last to first. */
  public Order<T> reversed() {
    return new Order<>(
        comparator.reversed(), token, (object, token) -> -place.compare(object, token));
  }

  /** An object's place against that of a token. */
  public interface PlaceOf<T> {
    /** Negative when the object comes before the token's place. */
    int compare(T object, String token);
  }
}
