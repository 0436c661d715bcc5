package io.steppe.gateway.process;

import io.grpc.ManagedChannel;
import io.steppe.rpc.Channels;
import io.steppe.rpc.v1.Member;
import io.steppe.tls.Tls;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.Map;

/** Channels to single replicas, the latest used of them. */
@ApplicationScoped
public class Replicas {
  private static final int MOST = 64;

  private final Tls tls;
  private final Map<String, ManagedChannel> channels =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ManagedChannel> eldest) {
          boolean tooMany = size() > MOST;
          if (tooMany) {
            eldest.getValue().shutdown();
          }
          return tooMany;
        }
      };

  Replicas(Tls tls) {
    this.tls = tls;
  }

  /** A channel to one replica of a service. */
  public synchronized ManagedChannel channel(Member replica) {
    return channels.computeIfAbsent(replica.getAddress(), address -> Channels.open(address, tls));
  }

  @PreDestroy
  synchronized void close() {
    channels.values().forEach(Channels::close);
    channels.clear();
  }
}
