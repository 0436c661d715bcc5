package io.steppe.agent.http;

import io.steppe.agent.session.Answer;
import io.steppe.agent.session.Answers;
import io.steppe.agent.session.Outlet;
import io.steppe.http.stream.Item;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.ClientFrame;
import io.steppe.rpc.v1.ClientRequest;
import io.steppe.rpc.v1.ExecInput;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** An answer within this process: frames wait here for their reader, as many as there is room. */
final class LocalCall implements Outlet, io.steppe.clientapi.Answer {
  /** Frames without bytes are no larger than a message; those with bytes come by credit. */
  private static final int MOST_WAITING = 64;

  private final BlockingQueue<Item<ClientFrame>> items = new LinkedBlockingQueue<>();
  private volatile boolean over;
  private Answer answer;

  private LocalCall() {}

  static LocalCall begin(Answers answers, ClientRequest request) {
    LocalCall call = new LocalCall();
    call.answer = answers.begin(request, call);
    return call;
  }

  @Override
  public boolean isReady() {
    return items.size() < MOST_WAITING;
  }

  @Override
  public void frame(ClientFrame frame) {
    if (over) {
      throw new IllegalStateException("The reader is gone");
    }
    items.add(new Item.Message<>(frame));
  }

  @Override
  public void complete() {
    items.add(new Item.End<>());
  }

  @Override
  public void fail(Failure failure) {
    items.add(new Item.Broken<>(failure));
  }

  @Override
  public void cancel() {
    items.add(new Item.Broken<>(Failure.unavailable("the node's agent broke off its answer")));
  }

  @Override
  public Item<ClientFrame> next(Duration longest) throws InterruptedException {
    boolean full = !isReady();
    Item<ClientFrame> item = items.poll(longest.toNanos(), TimeUnit.NANOSECONDS);
    if (full) {
      answer.outletReady();
    }
    return item;
  }

  @Override
  public void taken(int bytes) {
    if (bytes > 0) {
      answer.credit(bytes);
    }
  }

  @Override
  public void input(ExecInput input) {
    answer.input(input);
  }

  @Override
  public void close() {
    over = true;
    answer.leave();
  }
}
