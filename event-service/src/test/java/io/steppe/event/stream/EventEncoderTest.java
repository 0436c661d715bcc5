package io.steppe.event.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.ledger.Change;
import io.steppe.ledger.EventTag;
import io.steppe.ledger.LoggedChange;
import io.steppe.ledger.Tables;
import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.NodePool;
import io.steppe.rpc.v1.EventFormat;
import java.util.List;
import java.util.Optional;
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
