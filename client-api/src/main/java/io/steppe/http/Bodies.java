package io.steppe.http;

import io.steppe.http.failure.Refusal;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.atomic.AtomicLong;

/** Reads the bodies of requests: each up to a limit, all of them together up to another. */
@ApplicationScoped
class Bodies {
  private final long limit;
  private final long limitOfAll;
  private final AtomicLong held = new AtomicLong();

  Bodies(EdgeSettings settings) {
    limit = settings.bodyLimit();
    limitOfAll = settings.bodiesLimit();
  }

  /** Reads a body whole, then goes on; refuses it where it is too much. */
  void read(RoutingContext routing, Runnable then) {
    Reading reading = new Reading(routing);
    routing.addEndHandler(ended -> held.addAndGet(-reading.taken));
    routing
        .request()
        .handler(reading::add)
        .endHandler(
            end -> {
              if (!reading.refused) {
                Request.of(routing).body(reading.body);
                then.run();
              }
            });
  }

  private final class Reading {
    private final RoutingContext routing;
    private final Buffer body = Buffer.buffer();
    private boolean refused;
    private long taken;

    Reading(RoutingContext routing) {
      this.routing = routing;
    }

    private void add(Buffer piece) {
      if (refused) {
        return;
      }
      if (body.length() + piece.length() > limit) {
        refuse(new Refusal(413, "Request body is larger than " + limit + " bytes"));
        return;
      }
      taken += piece.length();
      if (held.addAndGet(piece.length()) > limitOfAll) {
        refuse(new Refusal(429, "Too many large requests at once"));
        return;
      }
      body.appendBuffer(piece);
    }

    private void refuse(Refusal refusal) {
      refused = true;
      routing.response().putHeader("Connection", "close");
      Edge.refuse(routing, refusal);
    }
  }
}
