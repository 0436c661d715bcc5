package io.steppe.rpc;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.NameResolverRegistry;
import io.grpc.netty.NettyChannelBuilder;
import io.steppe.tls.Tls;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Channels to the replicas of a service: round robin over those that are connected, calls wait for
 * one until their deadline, and a call that broke with UNAVAILABLE is tried again (writes are safe:
 * a retried request id gets its first answer).
 *
 * <p>Every call made on such a channel must carry a deadline: without one it would wait for ever.
 */
public final class Channels {
  /** Largest message taken in; messages sent stay under 1 MiB. */
  public static final int MAX_MESSAGE_BYTES = 4 << 20;

  /**
   * Flow-control window of a stream, for files and events (gRPC's default of 64 KiB is too small
   * for them).
   */
  public static final int WINDOW_BYTES = 1 << 20;

  /**
   * Pings find a peer that is gone or stopped within {@code KEEP_ALIVE + KEEP_ALIVE_TIMEOUT}.
   * Servers permit 10 s.
   */
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(20);

  private static final Duration KEEP_ALIVE_TIMEOUT = Duration.ofSeconds(5);

  /**
   * gRPC backs off up to two minutes between attempts to connect; a replica that was restarted is
   * found sooner.
   */
  private static final Duration RECONNECT = Duration.ofMillis(500);

  private static final ScheduledExecutorService RECONNECTS = reconnects();

  static {
    NameResolverRegistry.getDefaultRegistry().register(new AddressListResolver.Provider());
  }

  private Channels() {}

  /**
   * Opens a channel in plain text.
   *
   * @see #open(String, Tls)
   */
  public static ManagedChannel open(String targets) {
    return open(targets, Tls.off());
  }

  /**
   * Opens a channel. Connecting happens when the first call is made.
   *
   * @param targets {@code host:port[,host:port...]}, or a gRPC target such as {@code
   *     dns:///node-service:4651}
   * @throws IllegalArgumentException for an address that is none
   */
  public static ManagedChannel open(String targets, Tls tls) {
    String target = targets.contains("://") ? targets.strip() : AddressListResolver.target(targets);
    ManagedChannel channel =
        tls.channel(NettyChannelBuilder.forTarget(target))
            .defaultServiceConfig(serviceConfig())
            .enableRetry()
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .flowControlWindow(WINDOW_BYTES)
            .keepAliveTime(KEEP_ALIVE.toMillis(), TimeUnit.MILLISECONDS)
            .keepAliveTimeout(KEEP_ALIVE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
            .build();
    reconnectSoon(channel, channel.getState(false));
    return channel;
  }

  /** Ends a channel at once; calls under way fail with UNAVAILABLE. */
  public static void close(ManagedChannel channel) {
    channel.shutdownNow();
  }

  private static void reconnectSoon(ManagedChannel channel, ConnectivityState state) {
    switch (state) {
      case SHUTDOWN -> {}
      case TRANSIENT_FAILURE ->
          RECONNECTS.schedule(
              () -> {
                channel.resetConnectBackoff();
                watch(channel, ConnectivityState.TRANSIENT_FAILURE);
              },
              RECONNECT.toMillis(),
              TimeUnit.MILLISECONDS);
      case IDLE, CONNECTING, READY -> watch(channel, state);
    }
  }

  private static void watch(ManagedChannel channel, ConnectivityState seen) {
    ConnectivityState now = channel.getState(false);
    if (seen == ConnectivityState.TRANSIENT_FAILURE && now == seen) {
      reconnectSoon(channel, now);
      return;
    }
    channel.notifyWhenStateChanged(now, () -> reconnectSoon(channel, channel.getState(false)));
  }

  private static Map<String, Object> serviceConfig() {
    Map<String, Object> retries =
        Map.of(
            "maxAttempts",
            5.0,
            "initialBackoff",
            "0.2s",
            "maxBackoff",
            "2s",
            "backoffMultiplier",
            2.0,
            "retryableStatusCodes",
            List.of("UNAVAILABLE"));
    Map<String, Object> everyMethod =
        Map.of("name", List.of(Map.of()), "waitForReady", true, "retryPolicy", retries);
    return Map.of(
        "loadBalancingConfig",
        List.of(Map.of("round_robin", Map.of())),
        "methodConfig",
        List.of(everyMethod));
  }

  private static ScheduledExecutorService reconnects() {
    var executor =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("grpc-reconnect").factory());
    executor.setRemoveOnCancelPolicy(true);
    return executor;
  }
}
