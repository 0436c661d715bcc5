package io.steppe.gateway.event;

import static io.steppe.http.route.Parameter.number;
import static io.steppe.http.route.Parameter.text;
import static io.steppe.http.route.Parameter.texts;

import io.steppe.acl.Right;
import io.steppe.http.route.Description;
import io.steppe.http.route.Gives;
import io.steppe.http.route.Route;
import io.steppe.http.route.Trait;
import io.steppe.rpc.Kind;

/** Routes that tell events. */
public enum StreamRoute implements Route {
  EVENTS(
      events("/v1/event/stream", "What happens, as it happens")
          .takes(number("index", "The first index wanted; 0 for all there is"))
          .is(Trait.ENDLESS)),
  EVENT_RANGE(
      events("/v1/event/range", "A closed piece of what happened")
          .takes(
              number("from", "The first index wanted"),
              number("to", "The last index wanted; the newest where none is given")));

  private final Description description;

  StreamRoute(Description description) {
    this.description = description;
  }

  @Override
  public Description description() {
    return description;
  }

  private static Description events(String path, String summary) {
    return Description.get(path, summary)
        .needs(
            new Right.Depends(
                "node:read for topic Node; read-job for Job, Allocation, Evaluation, Deployment"
                    + " and Service; management for all others and for all at once"))
        .takes(
            texts("topic", "Topic, or Topic:key; all where none is given"),
            text("filter", "Expression over whole events"),
            text("format", "events or cloudevents"))
        .gives(
            Gives.frames("{\"Index\":N,\"Events\":[...]} a line, or what Accept asks for instead"))
        .is(Trait.NAMESPACED)
        .refuses(Kind.INVALID, 400);
  }
}
