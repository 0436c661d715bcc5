package io.steppe.gateway.answer;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.steppe.gateway.GatewaySettings;
import io.steppe.gateway.blocking.Waiters;
import io.steppe.gateway.failure.Refusals;
import io.steppe.gateway.http.Replies;
import io.steppe.gateway.query.ReadParameters;
import io.steppe.http.Request;
import io.steppe.json.Json;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.ReadOptions;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Answers reads from bytes encoded before, once their owner has said that nothing changed since;
 * blocks those that ask to, until it did.
 */
@ApplicationScoped
public class Reads {
  /** What the books of one answer take, beside its bytes. */
  private static final int OVERHEAD = 256;

  private final Waiters waiters;
  private final RandomGenerator random = RandomGenerator.getDefault();
  private final SharedChecks<Checked> checks = new SharedChecks<>();
  private final Cache<String, Encoded> answers;

  Reads(Waiters waiters, GatewaySettings settings) {
    this.waiters = waiters;
    answers =
        Caffeine.newBuilder()
            .maximumWeight(settings.gateway().cacheSize().asLongValue())
            .weigher((String key, Encoded answer) -> OVERHEAD + 2 * key.length() + answer.size())
            .executor(Runnable::run)
            .build();
  }

  /** The read parameters of a request. */
  public ReadParameters parameters(Request request) {
    return ReadParameters.of(
        request.query(), most -> most.isPositive() ? random.nextLong(most.toNanos() + 1) : 0);
  }

  /** Answers a read; waits where it asks to. */
  public Response answer(Request request, ReadParameters parameters, Read read) {
    try {
      Checked checked =
          parameters.index() == 0
              ? check(request, parameters, read)
              : block(request, parameters, read);
      return reply(request, read, parameters, checked);
    } catch (Failure failure) {
      throw Refusals.of(read.route(), failure);
    }
  }

  private Checked block(Request request, ReadParameters parameters, Read read) {
    long end = System.nanoTime() + parameters.longest().toNanos();
    while (true) {
      try (Waiters.Waiter waiter = waiters.listen(read.interests())) {
        request.onGone(waiter::wake);
        Checked checked = check(request, parameters, read);
        Duration left = Duration.ofNanos(end - System.nanoTime());
        if (checked.encoded().index() > parameters.index()
            || !left.isPositive()
            || request.isGone()) {
          return checked;
        }
        waiter.await(left);
      }
    }
  }

  private Checked check(Request request, ReadParameters parameters, Read read) {
    String key = key(request, parameters, read);
    return checks.get(key, () -> ask(key, request, parameters, read));
  }

  private Checked ask(String key, Request request, ReadParameters parameters, Read read) {
    Encoded known = answers.getIfPresent(key);
    ReadOptions.Builder options =
        ReadOptions.newBuilder()
            .setCaller(request.caller())
            .setStale(parameters.stale())
            .setNamespace(parameters.namespace())
            .setPrefix(parameters.prefix())
            .setFilter(parameters.filter())
            .setReverse(parameters.reverse())
            .setNextToken(parameters.nextToken())
            .setPerPage(parameters.perPage().orElse(0));
    if (known != null) {
      options.setKnownIndex(known.index()).setKnownEpoch(known.epoch());
    }
    Page page = read.fetch().with(options.build());
    if (known == null || !page.meta().getUnchanged()) {
      byte[] json = page.body().get();
      known =
          new Encoded(
              page.meta().getIndex(),
              page.meta().getEpoch(),
              page.meta().getNextToken(),
              request.query().pretty() ? Json.pretty(json) : json);
      answers.put(key, known);
    }
    return new Checked(known, page.meta().getLastContactMs());
  }

  private Response reply(Request request, Read read, ReadParameters parameters, Checked checked) {
    Encoded encoded = checked.encoded();
    byte[] body = encoded.plain();
    if (request.acceptsGzip()) {
      boolean before = encoded.isCompressed();
      body = encoded.gzip();
      if (!before) {
        answers.asMap().replace(key(request, parameters, read), encoded, encoded);
      }
    }
    return Replies.read(encoded, checked.lastContactMs(), body, request.acceptsGzip());
  }

  /**
   * Answers with one key are the same bytes. When tokens have rights, what they may see joins it.
   */
  private static String key(Request request, ReadParameters parameters, Read read) {
    return Stream.of(
            read.route().name(),
            read.subject(),
            parameters.namespace(),
            parameters.prefix(),
            parameters.filter(),
            parameters.nextToken(),
            String.valueOf(parameters.perPage().orElse(0)),
            (parameters.stale() ? "s" : "")
                + (parameters.reverse() ? "r" : "")
                + (request.query().pretty() ? "p" : ""))
        // A line's end inside of one must not look like the end of it.
        .map(part -> part.replace("\\", "\\\\").replace("\n", "\\n"))
        .collect(Collectors.joining("\n"));
  }

  private record Checked(Encoded encoded, long lastContactMs) {}
}
