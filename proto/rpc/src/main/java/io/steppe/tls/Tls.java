package io.steppe.tls;

import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import java.util.Optional;

/** Whether and how connections of a process are protected. */
public sealed interface Tls permits Tls.Off, Certificates {
  /** Nothing is protected. */
  static Tls off() {
    return new Off();
  }

  /** Makes a channel to a service. */
  NettyChannelBuilder channel(NettyChannelBuilder builder);

  /** Makes a server of a service. */
  NettyServerBuilder server(NettyServerBuilder builder);

  /** The certificates, where there are some. */
  Optional<Certificates> certificates();

  /** Plain text. */
  record Off() implements Tls {
    @Override
    public NettyChannelBuilder channel(NettyChannelBuilder builder) {
      return builder.usePlaintext();
    }

    @Override
    public NettyServerBuilder server(NettyServerBuilder builder) {
      return builder;
    }

    @Override
    public Optional<Certificates> certificates() {
      return Optional.empty();
    }
  }
}
