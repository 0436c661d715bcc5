package io.steppe.tls.start;

import io.quarkus.arc.Unremovable;
import io.quarkus.grpc.api.ServerBuilderCustomizer;
import io.quarkus.grpc.runtime.config.GrpcServerConfiguration;
import io.steppe.tls.Tls;
import io.vertx.grpc.VertxServerBuilder;
import jakarta.inject.Singleton;

/**
 * Gives Quarkus's gRPC server our certificates: its own settings read files once (docs/adr/0210).
 */
@Singleton
@Unremovable
class GrpcServerTls implements ServerBuilderCustomizer<VertxServerBuilder> {
  private final Tls tls;

  GrpcServerTls(Tls tls) {
    this.tls = tls;
  }

  @Override
  public void customize(GrpcServerConfiguration configuration, VertxServerBuilder builder) {
    tls.server(builder.nettyBuilder());
  }
}
