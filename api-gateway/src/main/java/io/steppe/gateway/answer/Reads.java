package io.steppe.gateway.answer;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.steppe.acl.Right;
import io.steppe.gateway.GatewaySettings;
import io.steppe.gateway.blocking.Waiters;
import io.steppe.gateway.http.Replies;
import io.steppe.gateway.query.ReadParameters;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.json.Json;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.ReadOptions;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Answers reads from bytes encoded before, once their owner has said that nothing changed since;
 * blocks those that ask to, until it did.
 */
@ApplicationScoped
// Caffeine looks the class for a cache bounded by weight up by name; Quarkus registers others.
@RegisterForReflection(classNames = "com.github.benmanes.caffeine.cache.SSMW")
public class Reads {
  /** What the books of one answer take, beside its bytes. */
  private static final int OVERHEAD = 256;

  private final Waiters waiters;
  private final Visible visible;
  private final RandomGenerator random = RandomGenerator.getDefault();
  private final SharedChecks<Checked> checks = new SharedChecks<>();
  private final Cache<String, Encoded> answers;

  Reads(Waiters waiters, Visible visible, GatewaySettings settings) {
    this.waiters = waiters;
    this.visible = visible;
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

  /**
   * Answers a read; waits where it asks to.
   *
   * @throws Refusal 403 for a caller who may not see it
   */
  public Response answer(Request request, ReadParameters parameters, Read read) {
    admit(request, read);
    try {
      Checked checked =
          parameters.index() == 0
              ? check(request, parameters, read)
              : block(request, parameters, read);
      return reply(request, checked);
    } catch (Failure failure) {
      throw read.route().refusal(failure);
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
      if (!request.admission().stillHolds()) {
        throw Refusal.denied();
      }
    }
  }

  private Checked check(Request request, ReadParameters parameters, Read read) {
    Optional<List<String>> names = visible(request, read);
    String key = key(request, parameters, read, names);
    Checked checked = checks.get(key, () -> ask(key, request, parameters, read, names));
    if (read.scope() instanceof Scope.OfObject(List<String> before, Refusal hidden)) {
      found(request, read, checked.encoded().namespace(), hidden);
    }
    return checked;
  }

  /** What can be looked at before anything is read. */
  private static void admit(Request request, Read read) {
    switch (read.scope()) {
      case Scope.Known(List<String> subjects, Optional<Right> shown) ->
          request.check(read.route(), subjects.toArray(String[]::new));
      case Scope.Listed listed -> request.admission().admit(read.route(), who -> true);
      case Scope.Admitted admitted -> {}
      case Scope.OfObject(List<String> subjects, Refusal hidden) when subjects.isEmpty() ->
          request.identity();
      case Scope.OfObject(List<String> subjects, Refusal hidden) ->
          request.check(read.route(), subjects.toArray(String[]::new));
    }
  }

  private static void found(Request request, Read read, String namespace, Refusal hidden) {
    try {
      request.check(read.route(), namespace);
    } catch (Refusal denied) {
      throw hidden;
    }
  }

  /** What a list is restricted to. */
  private Optional<List<String>> visible(Request request, Read read) {
    Optional<Right> shown =
        switch (read.scope()) {
          case Scope.Known known -> known.shown();
          case Scope.Listed listed -> Optional.of(listed.shown());
          case Scope.OfObject object -> Optional.empty();
          case Scope.Admitted admitted -> Optional.empty();
        };
    return shown.flatMap(right -> visible.to(request.identity().acl(), request.caller(), right));
  }

  private Checked ask(
      String key,
      Request request,
      ReadParameters parameters,
      Read read,
      Optional<List<String>> names) {
    Encoded known = answers.getIfPresent(key);
    ReadOptions.Builder options =
        ReadOptions.newBuilder()
            .setCaller(
                read.scope() instanceof Scope.Admitted ? request.unnamed() : request.caller())
            .setStale(parameters.stale())
            .setNamespace(parameters.namespace())
            .setPrefix(parameters.prefix())
            .setFilter(parameters.filter())
            .setReverse(parameters.reverse())
            .setNextToken(parameters.nextToken())
            .setPerPage(parameters.perPage().orElse(0))
            .setRestricted(names.isPresent())
            .addAllVisible(names.orElse(List.of()));
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
              page.namespace(),
              request.query().pretty() ? Json.pretty(json) : json);
      answers.put(key, known);
    }
    return new Checked(key, known, page.meta().getLastContactMs());
  }

  private Response reply(Request request, Checked checked) {
    Encoded encoded = checked.encoded();
    byte[] body = encoded.plain();
    if (request.acceptsGzip()) {
      boolean before = encoded.isCompressed();
      body = encoded.gzip();
      if (!before) {
        answers.asMap().replace(checked.key(), encoded, encoded);
      }
    }
    return Replies.read(encoded, checked.lastContactMs(), body, request.acceptsGzip());
  }

  /** Answers with one key are the same bytes. */
  private static String key(
      Request request, ReadParameters parameters, Read read, Optional<List<String>> names) {
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
                + (request.query().pretty() ? "p" : ""),
            names.map(visible -> "v\n" + String.join("\n", visible)).orElse(""))
        // A line's end inside of one must not look like the end of it.
        .map(part -> part.replace("\\", "\\\\").replace("\n", "\\n"))
        .collect(Collectors.joining("\n"));
  }

  private record Checked(String key, Encoded encoded, long lastContactMs) {}
}
