package io.steppe.event.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudevents.CloudEvent;
import io.cloudevents.SpecVersion;
import io.cloudevents.jackson.JsonFormat;
import io.steppe.ledger.Change;
import io.steppe.ledger.EventTag;
import io.steppe.ledger.LoggedChange;
import io.steppe.ledger.Tables;
import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.NodePool;
import io.steppe.rpc.v1.EventFormat;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EventEncoderTest {
  private static String only(Change change) {
    List<EncodedIndex> encoded =
        new EventEncoder("global").encode(1, List.of(new LoggedChange(7, 0, change)));
    assertEquals(1, encoded.size());
    return encoded.getFirst().events().getFirst().in(EventFormat.NATIVE).toStringUtf8();
  }

  @Test
  void aNodePoolIsShown() {
    NodePool pool = NodePool.newBuilder().setName("gpu").setDescription("With cards").build();
    String json =
        only(
            Change.put(Tables.NODE_POOLS, "gpu", pool.toByteString())
                .shownAs(new EventTag("NodePool", "NodePoolUpserted", "gpu", "", List.of())));
    assertTrue(json.contains("\"Type\":\"NodePoolUpserted\""), json);
    assertTrue(json.contains("\"Payload\":{\"NodePool\":{"), json);
    assertTrue(json.contains("\"Description\":\"With cards\""), json);
  }

  @Test
  void anEventIsACloudEventThatTheirSdkReads() {
    NodePool pool = NodePool.newBuilder().setName("gpu").build();
    Change change =
        Change.put(Tables.NODE_POOLS, "gpu", pool.toByteString())
            .shownAs(new EventTag("NodePool", "NodePoolUpserted", "gpu", "", List.of()));
    Instant at = Instant.parse("2026-11-26T15:42:11.123456Z");
    byte[] json =
        new EventEncoder("global")
            .encode(3, List.of(new LoggedChange(7, 0, change, Optional.of(at))))
            .getFirst()
            .events()
            .getFirst()
            .in(EventFormat.CLOUDEVENTS)
            .toByteArray();

    CloudEvent event = new JsonFormat().deserialize(json);
    assertEquals(SpecVersion.V1, event.getSpecVersion());
    assertEquals("3-7-0", event.getId());
    assertEquals("/regions/global", event.getSource().toString());
    assertEquals("io.steppe.NodePool.NodePoolUpserted", event.getType());
    assertEquals("gpu", event.getSubject());
    assertEquals(at, event.getTime().toInstant());
    assertEquals("application/json", event.getDataContentType());
    assertEquals(Set.of(), event.getExtensionNames());
    String data = new String(event.getData().toBytes(), StandardCharsets.UTF_8);
    assertTrue(data.contains("\"Topic\":\"NodePool\""), data);
  }

  @Test
  void whatIsDeletedIsShownAsItWasLast() {
    Node node = Node.newBuilder().setId("n").setName("gone").setSecretHash("hash").build();
    String json =
        only(
            Change.delete(Tables.NODES, "n")
                .shownAs(
                    new EventTag(
                        "Node",
                        "NodeDeregistration",
                        "n",
                        "",
                        List.of(),
                        Optional.of(node.toByteString()))));
    assertTrue(json.contains("\"Type\":\"NodeDeregistration\""), json);
    assertTrue(json.contains("\"Name\":\"gone\""), json);
    assertFalse(json.contains("hash"), json);
  }
}
