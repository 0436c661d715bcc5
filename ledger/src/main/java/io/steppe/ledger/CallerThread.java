package io.steppe.ledger;

import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.concurrent.Executor;

/**
 * Where answers go on: back to the caller's event loop if it came from one, else to a worker; never
 * the ledger's own thread.
 */
final class CallerThread {
  private CallerThread() {}

  static Executor current() {
    Context context = Vertx.currentContext();
    if (context != null && context.isEventLoopContext()) {
      return task -> context.runOnContext(ignored -> task.run());
    }
    return Infrastructure.getDefaultExecutor();
  }
}
