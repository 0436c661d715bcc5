package io.steppe.alloc.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.steppe.alloc.evaluation.Ownership;
import io.steppe.alloc.view.Edit;
import io.steppe.alloc.view.Region;
import io.steppe.ledger.seal.SealKeys;
import io.steppe.proto.v1.Allocation;
import io.steppe.rpc.v1.RotateKeyReply;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KeyRotationTest {
  private static final Duration MONTH = Duration.ofHours(720);
  private static final Duration HOUR = Duration.ofHours(1);

  private final Region region = new Region();
  private final Keyring keyring =
      new Keyring(SealKeys.of(List.of("k1:" + Base64.getEncoder().encodeToString(new byte[32]))));

  @BeforeEach
  void aKey() {
    region.commit(RotateKeyReply.parser(), RotateKey.first(keyring.make("first")));
  }

  @AfterEach
  void close() {
    region.close();
  }

  private void lookAfter(Duration time) {
    lookAfter(time, MONTH);
  }

  private void lookAfter(Duration time, Duration rotated) {
    region.pass(time);
    try (var rotation =
        new KeyRotation(
            region.ledger(),
            keyring,
            new KeyAges(rotated, HOUR),
            HOUR,
            Ownership.alone("r1"),
            region.clock())) {
      rotation.look();
    }
  }

  private List<String> states() {
    return Keyring.all(region.view()).stream()
        .map(key -> key.getMeta().getState())
        .sorted()
        .toList();
  }

  private void put(String status) {
    var allocation =
        Region.allocation(Region.job("web", "service", 1), "n1", "an-evaluation").toBuilder()
            .setId("00000000-0000-0000-0000-00000000000a")
            .setClientStatus(status)
            .build();
    region.edit(edit -> put(edit, allocation));
  }

  private static Edit put(Edit edit, Allocation allocation) {
    edit.putDesired(allocation, "PlanResult");
    return edit;
  }

  @Test
  void anotherKeySignsWhenOneIsOld() {
    lookAfter(MONTH.minusSeconds(1));
    assertEquals(List.of("active"), states());
    lookAfter(Duration.ofSeconds(1));
    assertEquals(List.of("active", "inactive"), states());
    lookAfter(Duration.ofMinutes(1));
    assertEquals(List.of("active", "inactive"), states());
  }

  @Test
  void neverWhereItIsTurnedOff() {
    lookAfter(MONTH.multipliedBy(100), Duration.ZERO);
    assertEquals(List.of("active"), states());
  }

  @Test
  void aKeyIsForgottenAnHourAfterItSignedAtLast() {
    region.commit(RotateKeyReply.parser(), RotateKey.always(keyring.make("second")));
    lookAfter(HOUR.minusSeconds(1));
    assertEquals(List.of("active", "inactive"), states());
    lookAfter(Duration.ofSeconds(1));
    assertEquals(List.of("active"), states());
    assertEquals("second", Keyring.active(region.view()).map(Keyring::id).orElseThrow());
  }

  @Test
  void aKeyIsKnownAsLongAsAnAllocationThatItSignedForLives() {
    put("running");
    region.commit(RotateKeyReply.parser(), RotateKey.always(keyring.make("second")));
    lookAfter(HOUR.multipliedBy(2));
    assertEquals(List.of("active", "inactive"), states());
    put("complete");
    lookAfter(Duration.ZERO);
    assertEquals(List.of("active"), states());
  }

  @Test
  void anAllocationThatCameLaterKeepsNoKey() {
    region.commit(RotateKeyReply.parser(), RotateKey.always(keyring.make("second")));
    put("running");
    lookAfter(HOUR);
    assertEquals(List.of("active"), states());
  }
}
