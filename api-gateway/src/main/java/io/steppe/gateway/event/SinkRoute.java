package io.steppe.gateway.event;

import static io.steppe.http.route.Gives.list;
import static io.steppe.http.route.Gives.one;

import io.steppe.acl.Right;
import io.steppe.http.route.Description;
import io.steppe.http.route.Route;
import io.steppe.proto.v1.EventSink;
import io.steppe.rpc.Kind;

/** Routes about endpoints that events are sent to. */
public enum SinkRoute implements Route {
  EVENT_SINKS(
      Description.get("/v1/event/sinks", "The sinks, and how far they are")
          .needs(new Right.Management())
          .gives(list(EventSink.getDefaultInstance()))),
  EVENT_SINK_CREATE(
      Description.write("/v1/event/sinks", "Makes or replaces a sink")
          .needs(new Right.Management())
          .takes(EventSink.getDefaultInstance())
          .gives(one(EventSink.getDefaultInstance()))
          .refuses(Kind.INVALID, 400)),
  EVENT_SINK(
      Description.get("/v1/event/sink/{sink_id}", "A sink, and how far it is")
          .needs(new Right.Management())
          .gives(one(EventSink.getDefaultInstance()))
          .refuses(Kind.NOT_FOUND, 404, "event sink not found")),
  EVENT_SINK_UPSERT(
      Description.write("/v1/event/sink/{sink_id}", "Makes or replaces the sink of an id")
          .needs(new Right.Management())
          .takes(EventSink.getDefaultInstance())
          .gives(one(EventSink.getDefaultInstance()))
          .refuses(Kind.INVALID, 400)),
  EVENT_SINK_DELETE(
      Description.delete("/v1/event/sink/{sink_id}", "Forgets a sink and how far it was")
          .needs(new Right.Management())
          .refuses(Kind.NOT_FOUND, 404, "event sink not found"));

  private final Description description;

  SinkRoute(Description description) {
    this.description = description;
  }

  @Override
  public Description description() {
    return description;
  }
}
