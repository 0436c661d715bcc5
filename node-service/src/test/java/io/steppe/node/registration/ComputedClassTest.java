package io.steppe.node.registration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.proto.v1.DriverInfo;
import io.steppe.proto.v1.Node;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class ComputedClassTest {
  private static final Node NODE = TestNodes.named("11111111-1111-4111-8111-111111111111");

  @Test
  void isAVersionAndAnUnsignedNumber() {
    assertTrue(ComputedClass.of(NODE).matches("v1:[0-9]{1,20}"));
    Long.parseUnsignedLong(ComputedClass.of(NODE).substring(3));
  }

  @Test
  void staysTheSameAcrossReleases() {
    assertEquals("v1:12280546578953505423", ComputedClass.of(NODE));
  }

  @Test
  void ignoresWhatIsUnique() {
    Node other =
        TestNodes.named("22222222-2222-4222-8222-222222222222").toBuilder()
            .putMeta("unique.rack", "7")
            .build();
    assertEquals(ComputedClass.of(NODE), ComputedClass.of(other));
  }

  @Test
  void ignoresTheOrderOfMaps() {
    Node one = NODE.toBuilder().putMeta("a", "1").putMeta("b", "2").build();
    Node two = NODE.toBuilder().putMeta("b", "2").putMeta("a", "1").build();
    assertEquals(ComputedClass.of(one), ComputedClass.of(two));
  }

  @Test
  void differsByWhatConstraintsCanAsk() {
    List<UnaryOperator<Node.Builder>> changes =
        List.of(
            node -> node.setNodeClass("large"),
            node -> node.setDatacenter("dc2"),
            node -> node.setNodePool("gpu"),
            node -> node.putAttributes("kernel.name", "darwin"),
            node -> node.putMeta("rack", "7"),
            node -> node.putMeta("kernel.name", "linux"),
            node -> node.removeDrivers("raw_exec"),
            node -> node.putDrivers("raw_exec", DriverInfo.newBuilder().setDetected(true).build()));
    for (UnaryOperator<Node.Builder> change : changes) {
      Node changed = change.apply(NODE.toBuilder()).build();
      assertNotEquals(ComputedClass.of(NODE), ComputedClass.of(changed), changed.toString());
    }
  }
}
