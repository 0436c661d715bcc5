package io.steppe.gateway.event;

import io.steppe.gateway.stream.Inflow;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.http.query.Query;
import io.steppe.http.stream.Item;
import io.steppe.http.stream.Outflow;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.Caller;
import io.steppe.rpc.v1.EventLine;
import io.steppe.rpc.v1.EventPiece;
import io.steppe.rpc.v1.SubscribeRequest;
import io.steppe.rpc.v1.SubscribeUp;
import io.vertx.ext.web.RoutingContext;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;

/** A closed piece of the log, from one index to another, as lines. */
record RangeAnswer(
    RoutingContext routing,
    EventQuery query,
    long from,
    long to,
    Outflow out,
    Subscriptions subscriptions) {
  /** Indexes in one answer. */
  static final long MOST = 1_000_000;

  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  /**
   * What the parameters ask for.
   *
   * @throws Refusal 400 for a range that is none, or too long
   */
  static RangeAnswer of(RoutingContext routing, Subscriptions subscriptions) {
    Query parameters = Request.of(routing).query();
    long from = EventQuery.index("from", parameters.text("from"));
    long to = EventQuery.index("to", parameters.text("to"));
    if (to != 0 && to < from) {
      throw Refusal.badRequest("Invalid range: from " + from + " is above to " + to);
    }
    if (to - from >= MOST) {
      throw Refusal.badRequest("Invalid range: more than " + MOST + " indexes");
    }
    EventQuery query = EventQuery.piece(routing);
    return new RangeAnswer(
        routing,
        query,
        from,
        to == 0 ? Math.max(1, from) + MOST - 1 : to,
        Outflow.chunked(routing, query.style().contentType()),
        subscriptions);
  }

  /**
   * Writes it to its end; a piece that breaks off ends the connection.
   *
   * @param seen what of it the caller may see
   */
  void run(Caller caller, EventQuery seen) throws InterruptedException, ClosedChannelException {
    SubscribeRequest request =
        seen.subscription().toBuilder().setCaller(caller).setIndex(from).setToIndex(to).build();
    try (Inflow<SubscribeUp, EventLine> lines = subscriptions.open(request)) {
      boolean within = false;
      while (true) {
        switch (lines.next(LONGEST_WAIT)) {
          case null -> throw Failure.unavailable("event-service did not answer in time");
          case Item.Message<EventLine>(EventLine line) when line.hasPiece() ->
              begin(line.getPiece());
          case Item.Message<EventLine>(EventLine line) -> {
            if (!within) {
              out.write(query.style().before(line.getIndex()));
            }
            out.write(line.getJson().toByteArray());
            within = line.getMore();
            if (!within) {
              out.write(query.style().after());
            }
            lines.taken(line.getJson().size());
          }
          case Item.End<EventLine> end -> {
            out.end();
            return;
          }
          case Item.Broken<EventLine>(var failure) -> throw failure;
        }
      }
    }
  }

  /** What is no longer kept is told by where the answer begins. */
  private void begin(EventPiece piece) throws InterruptedException, ClosedChannelException {
    routing
        .response()
        .putHeader("X-Steppe-Oldest-Index", Long.toUnsignedString(piece.getOldest()))
        .putHeader("X-Steppe-From-Index", Long.toUnsignedString(piece.getFrom()))
        .putHeader("X-Steppe-To-Index", Long.toUnsignedString(piece.getTo()));
    out.begin();
  }
}
