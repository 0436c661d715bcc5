package io.steppe.query;

import com.google.protobuf.Message;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.ReadOptions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a caller wants of a list: which objects, in which order, from where and how many. Filtering
 * a long list takes a while: not for an event loop.
 */
public final class Listing {
  private final Optional<Filter> filter;
  private final boolean reverse;
  private final String nextToken;
  private final int perPage;

  private Listing(Optional<Filter> filter, boolean reverse, String nextToken, int perPage) {
    this.filter = filter;
    this.reverse = reverse;
    this.nextToken = nextToken;
    this.perPage = perPage;
  }

  /**
   * What the options of a read ask for.
   *
   * @throws Failure INVALID for a filter that does not parse
   */
  public static Listing of(ReadOptions options) {
    int most = options.getPerPage();
    return new Listing(
        options.getFilter().isEmpty() ? Optional.empty() : Optional.of(filter(options.getFilter())),
        options.getReverse(),
        options.getNextToken(),
        most <= 0 ? Integer.MAX_VALUE : most);
  }

  /**
   * The page of a list.
   *
   * @param whole the object that the filter is about, where it is not the listed one itself; asked
   *     for only where there is a filter
   * @throws Failure INVALID for a filter that can't be answered
   */
  public <T> Page<T> page(
      Collection<T> list, Order<T> order, Function<? super T, ? extends Message> whole) {
    Order<T> wanted = reverse ? order.reversed() : order;
    List<T> sorted = new ArrayList<>(list);
    sorted.sort(wanted.comparator());
    List<T> page = new ArrayList<>();
    try {
      for (T object : sorted) {
        boolean before = !nextToken.isEmpty() && wanted.place().compare(object, nextToken) < 0;
        if (before || !filter.map(f -> f.matches(whole.apply(object))).orElse(true)) {
          continue;
        }
        if (page.size() == perPage) {
          return new Page<>(page, order.token().apply(object));
        }
        page.add(object);
      }
    } catch (InvalidFilterException e) {
      throw e.asFailure();
    }
    return new Page<>(page, "");
  }

  /** The page of a list whose objects are the whole ones. */
  public <T extends Message> Page<T> page(Collection<T> list, Order<T> order) {
    return page(list, order, Function.identity());
  }

  private static Filter filter(String expression) {
    try {
      return Filter.parse(expression);
    } catch (InvalidFilterException e) {
      throw e.asFailure();
    }
  }
}
