package io.steppe.http.limit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;
import java.util.Optional;

/** Requests of many clients, each held to a rate; bounded in the clients that are remembered. */
// Caffeine looks up by name what it keeps the entries of such a cache in; Quarkus registers others.
@RegisterForReflection(
    classNames = {
      "com.github.benmanes.caffeine.cache.PSAMS",
      "com.github.benmanes.caffeine.cache.SSMSA"
    })
final class Rates {
  private final Cache<String, Bucket> buckets;
  private final long rate;
  private final long burst;
  private final TimeMeter clock;

  /**
   * @param rate requests a second, above 0
   * @param burst requests at once, at least the rate
   * @param remembered clients
   */
  Rates(long rate, long burst, int remembered, TimeMeter clock) {
    this.rate = rate;
    this.burst = Math.max(rate, burst);
    this.clock = clock;
    // Who made no request for this long has all of its burst again: nothing is lost with it.
    Duration full = Duration.ofSeconds(this.burst / rate + 1);
    Ticker ticker = clock::currentTimeNanos;
    this.buckets =
        Caffeine.newBuilder()
            .maximumSize(remembered)
            .expireAfterAccess(full)
            .ticker(ticker)
            .executor(Runnable::run)
            .build();
  }

  /** Takes one request; the time to wait where there is none left. */
  Optional<Duration> take(String client) {
    ConsumptionProbe probe =
        buckets.get(client, unknown -> bucket()).tryConsumeAndReturnRemaining(1);
    return probe.isConsumed()
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(probe.getNanosToWaitForRefill()));
  }

  private Bucket bucket() {
    return Bucket.builder()
        .withCustomTimePrecision(clock)
        .addLimit(limit -> limit.capacity(burst).refillGreedy(rate, Duration.ofSeconds(1)))
        .build();
  }
}
