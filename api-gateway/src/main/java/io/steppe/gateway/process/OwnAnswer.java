package io.steppe.gateway.process;

import io.steppe.clientapi.Answer;
import io.steppe.diagnostics.Diagnostics;
import io.steppe.diagnostics.Listener;
import io.steppe.http.stream.Item;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.ClientFrame;
import io.steppe.rpc.v1.ClientRequest;
import io.steppe.rpc.v1.ExecInput;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** What this gateway tells of itself: made on one thread, taken by another, a few frames apart. */
final class OwnAnswer implements Answer, Listener {
  private static final Logger LOG = Logger.getLogger(OwnAnswer.class);
  private static final int FRAMES = 16;
  private static final int FRAME_BYTES = 64 << 10;

  private final BlockingQueue<Item<ClientFrame>> items = new ArrayBlockingQueue<>(FRAMES);
  private final Thread telling;
  private volatile boolean gone;

  private OwnAnswer(Diagnostics diagnostics, ClientRequest request) {
    telling = Thread.ofVirtual().name("diagnostics").unstarted(() -> tell(diagnostics, request));
  }

  static OwnAnswer begin(Diagnostics diagnostics, ClientRequest request) {
    OwnAnswer answer = new OwnAnswer(diagnostics, request);
    answer.telling.start();
    return answer;
  }

  private void tell(Diagnostics diagnostics, ClientRequest request) {
    try {
      items.put(told(diagnostics, request));
    } catch (InterruptedException | Gone e) {
      LOG.debug("The listener is gone");
    }
  }

  private Item<ClientFrame> told(Diagnostics diagnostics, ClientRequest request)
      throws InterruptedException, Gone {
    try {
      diagnostics.answer(request, this);
      return new Item.End<>();
    } catch (Failure failure) {
      return new Item.Broken<>(failure);
    } catch (RuntimeException e) {
      LOG.errorf(e, "%s can't be told", request.getCallCase());
      return new Item.Broken<>(Failure.of(e));
    }
  }

  @Override
  public int room() throws Gone {
    check();
    return FRAME_BYTES;
  }

  @Override
  public void send(ClientFrame frame) throws Gone, InterruptedException {
    check();
    items.put(new Item.Message<>(frame));
  }

  @Override
  public void check() throws Gone {
    if (gone) {
      throw new Gone();
    }
  }

  @Override
  public Item<ClientFrame> next(Duration longest) throws InterruptedException {
    return items.poll(longest.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void taken(int bytes) {
    // The places in the queue are the credit.
  }

  @Override
  public void input(ExecInput input) {
    // Nothing here takes any.
  }

  @Override
  public void close() {
    gone = true;
    telling.interrupt();
  }
}
