package io.steppe.alloc.collection;

import io.quarkus.grpc.GrpcService;
import io.smallrye.mutiny.Uni;
import io.steppe.rpc.Callers;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.CollectGarbageReply;
import io.steppe.rpc.v1.CollectGarbageRequest;
import io.steppe.rpc.v1.GarbageCollection;
import org.jboss.logging.Logger;

/** Deletes what is over when other services ask for it. */
@GrpcService
public class GarbageEndpoint implements GarbageCollection {
  private static final Logger LOG = Logger.getLogger(GarbageEndpoint.class);

  private final GarbageCollector collector;

  public GarbageEndpoint(GarbageCollector collector) {
    this.collector = collector;
  }

  @Override
  public Uni<CollectGarbageReply> collect(CollectGarbageRequest call) {
    return Uni.createFrom()
        .item(
            () -> {
              var caller = Callers.required(call.getCaller());
              LOG.infof("All that is over is deleted, for %s", caller.getAccessorId());
              collector.collectAllSoon();
              return CollectGarbageReply.getDefaultInstance();
            })
        .onFailure()
        .transform(failure -> Failure.of(failure).toStatus());
  }
}
