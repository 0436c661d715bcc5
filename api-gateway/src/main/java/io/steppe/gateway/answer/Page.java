package io.steppe.gateway.answer;

import com.google.protobuf.Message;
import io.steppe.gateway.query.ReadParameters;
import io.steppe.json.Json;
import io.steppe.rpc.v1.ReadMeta;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What a service answered to a read.
 *
 * @param meta index and epoch it is true for, and whether it is what is known already
 * @param nextToken where the next page starts; empty when there is none
 * @param body its JSON; not asked for when unchanged
 */
public record Page(ReadMeta meta, String nextToken, Supplier<byte[]> body) {
  /** One object. */
  public static Page of(ReadMeta meta, Message object) {
    return new Page(meta, "", () -> Json.write(object));
  }

  /** Objects in the order they came in. */
  public static Page of(ReadMeta meta, List<? extends Message> objects) {
    return new Page(meta, "", () -> Json.writeList(objects));
  }

  /** Objects in an order of theirs, cut to the page that the client asked for. */
  public static <T extends Message> Page of(
      ReadMeta meta, List<T> objects, Order<T> order, ReadParameters parameters) {
    Comparator<T> comparator =
        parameters.reverse() ? order.comparator.reversed() : order.comparator;
    List<T> sorted = objects.stream().sorted(comparator).toList();
    int from = order.start(sorted, parameters);
    int to =
        (int) Math.min(sorted.size(), from + (long) parameters.perPage().orElse(sorted.size()));
    String next = to < sorted.size() ? order.token.apply(sorted.get(to)) : "";
    List<T> page = sorted.subList(from, to);
    return new Page(meta, next, () -> Json.writeList(page));
  }

  /**
   * How a list is ordered, and how the token of an object says where a page starts.
   *
   * @param comparator first to last
   * @param token of an object
   * @param compareToken the object's place against a token's: negative before it
   */
  public record Order<T>(
      Comparator<T> comparator, Function<T, String> token, PlaceOf<T> compareToken) {
    /** By one text, which is the token as well. */
    public static <T> Order<T> by(Function<T, String> text) {
      return new Order<>(
          Comparator.comparing(text), text, (object, token) -> text.apply(object).compareTo(token));
    }

    /** By create index, then id; tokens are {@code <index>.<id>}. */
    public static <T> Order<T> byCreation(Function<T, Long> index, Function<T, String> id) {
      return new Order<>(
          Comparator.comparing(index).thenComparing(id),
          object -> index.apply(object) + "." + id.apply(object),
          (object, token) -> {
            int dot = token.indexOf('.');
            String number = dot < 0 ? token : token.substring(0, dot);
            if (!number.matches("[0-9]{1,18}")) {
              return 0;
            }
            int order = Long.compare(index.apply(object), Long.parseLong(number));
            return order != 0 || dot < 0
                ? order
                : id.apply(object).compareTo(token.substring(dot + 1));
          });
    }

    private int start(List<T> sorted, ReadParameters parameters) {
      if (parameters.nextToken().isEmpty()) {
        return 0;
      }
      int sign = parameters.reverse() ? -1 : 1;
      int from = 0;
      while (from < sorted.size()
          && sign * compareToken.compare(sorted.get(from), parameters.nextToken()) < 0) {
        from++;
      }
      return from;
    }
  }

  /** An object's place against that of a token. */
  public interface PlaceOf<T> {
    /** Negative when the object comes before the token's place. */
    int compare(T object, String token);
  }
}
