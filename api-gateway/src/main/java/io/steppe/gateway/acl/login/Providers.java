package io.steppe.gateway.acl.login;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.jwk.JWKSet;
import io.steppe.rpc.Failure;
import jakarta.enterprise.context.ApplicationScoped;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** Identity providers and their keys, kept for a while. */
@ApplicationScoped
public class Providers {
  private static final int KEPT = 200;
  private static final Duration FRESH = Duration.ofMinutes(5);

  /** A token that no known key has signed has keys asked for again, not more often than this. */
  private static final Duration AGAIN = Duration.ofSeconds(10);

  private final InstantSource clock;
  private final Cache<Asked, Kept<Provider>> providers;
  private final Cache<Asked, Kept<JWKSet>> keys;

  private record Asked(String url, List<String> authorities) {}

  private record Kept<T>(T what, Instant since) {}

  Providers(InstantSource clock) {
    this.clock = clock;
    providers = Caffeine.newBuilder().maximumSize(KEPT).executor(Runnable::run).build();
    keys = Caffeine.newBuilder().maximumSize(KEPT).executor(Runnable::run).build();
  }

  /**
   * The provider at a URL.
   *
   * @throws Failure UNAVAILABLE when it does not describe itself
   */
  Provider at(String url, List<String> authorities) {
    Asked asked = new Asked(Provider.documentOf(url), authorities);
    Kept<Provider> kept = providers.getIfPresent(asked);
    if (kept == null || isOlder(kept, FRESH)) {
      kept = new Kept<>(Provider.of(url, Fetched.get(asked.url(), authorities)), clock.instant());
      providers.put(asked, kept);
    }
    return kept.what();
  }

  /**
   * The keys at a URL.
   *
   * @param again whether those known were not enough
   * @throws Failure UNAVAILABLE when they are not given
   */
  JWKSet keys(String url, List<String> authorities, boolean again) {
    Asked asked = new Asked(url, authorities);
    Kept<JWKSet> kept = keys.getIfPresent(asked);
    if (kept == null || isOlder(kept, again ? AGAIN : FRESH)) {
      kept = new Kept<>(fetched(asked), clock.instant());
      keys.put(asked, kept);
    }
    return kept.what();
  }

  private static JWKSet fetched(Asked asked) {
    try {
      return JWKSet.parse(Fetched.get(asked.url(), asked.authorities()));
    } catch (ParseException e) {
      throw Failure.unavailable(asked.url() + " answered what are no keys");
    }
  }

  private boolean isOlder(Kept<?> kept, Duration age) {
    return kept.since().plus(age).isBefore(clock.instant());
  }
}
