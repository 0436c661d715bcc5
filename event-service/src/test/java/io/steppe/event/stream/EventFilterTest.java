package io.steppe.event.stream;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.proto.v1.Event;
import io.steppe.rpc.v1.SubscribeRequest;
import org.junit.jupiter.api.Test;

class EventFilterTest {
  private static Event in(String namespace) {
    return Event.newBuilder().setTopic("Job").setKey("web").setNamespace(namespace).build();
  }

  @Test
  void ofAllNamespacesOnlyTheVisibleOnesMatchAndWhatIsInNone() {
    EventFilter filter =
        EventFilter.of(
            SubscribeRequest.newBuilder()
                .setNamespace("*")
                .setRestricted(true)
                .addVisible("apart")
                .build());
    assertTrue(filter.matches(in("apart")));
    assertFalse(filter.matches(in("default")));
    assertTrue(filter.matches(in("")));
  }

  @Test
  void whoMaySeeAllSeesTheNamespaceThatIsAskedFor() {
    EventFilter filter = EventFilter.of(SubscribeRequest.getDefaultInstance());
    assertTrue(filter.matches(in("default")));
    assertFalse(filter.matches(in("apart")));
  }
}
