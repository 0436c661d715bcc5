package io.steppe.alloc.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.smallrye.mutiny.helpers.test.UniAssertSubscriber;
import io.steppe.proto.v1.RootKeyMeta;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.StoredKey;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NextKeyTest {
  private final Queue<Runnable> work = new ArrayDeque<>();
  private final NextKey next = new NextKey(this::make, work::add);
  private int made;
  private boolean broken;

  private StoredKey make() {
    if (broken) {
      throw Failure.conflict("no key to seal with");
    }
    return StoredKey.newBuilder()
        .setMeta(RootKeyMeta.newBuilder().setKeyId("key-" + ++made))
        .build();
  }

  private UniAssertSubscriber<StoredKey> take() {
    return next.take().subscribe().withSubscriber(UniAssertSubscriber.create());
  }

  private void work() {
    while (!work.isEmpty()) {
      work.remove().run();
    }
  }

  @Test
  void whoCallsAgainGetsWhatTheFirstCallBegan() {
    var late = take();
    late.cancel();
    var again = take();
    work();
    assertEquals("key-1", Keyring.id(again.assertCompleted().getItem()));
    assertEquals(1, made);
  }

  @Test
  void whatNobodyWaitedForIsTakenByTheNext() {
    take().cancel();
    work();
    assertEquals("key-1", Keyring.id(take().assertCompleted().getItem()));
    assertEquals(1, made);
  }

  @Test
  void nobodyGetsTheSame() {
    var all = List.of(take(), take(), take());
    work();
    Set<String> ids = new HashSet<>();
    all.forEach(one -> ids.add(Keyring.id(one.assertCompleted().getItem())));
    assertEquals(Set.of("key-1", "key-2", "key-3"), ids);
  }

  @Test
  void aFailureIsNotKept() {
    broken = true;
    var failed = take();
    work();
    failed.assertFailedWith(Failure.class, "no key to seal with");
    broken = false;
    var again = take();
    work();
    assertEquals("key-1", Keyring.id(again.assertCompleted().getItem()));
    assertThrows(AssertionError.class, () -> take().assertCompleted());
  }
}
