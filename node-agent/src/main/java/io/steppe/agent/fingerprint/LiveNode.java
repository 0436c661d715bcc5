package io.steppe.agent.fingerprint;

import io.steppe.proto.v1.Node;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** The node as it is now. Whoever listens hears of every change; changes follow one another. */
public final class LiveNode implements Supplier<Node> {
  private final AtomicReference<Node> node;
  private volatile Runnable listener = () -> {};

  public LiveNode(Node node) {
    this.node = new AtomicReference<>(node);
  }

  @Override
  public Node get() {
    return node.get();
  }

  /** Calls the listener after each change, in place of an earlier one. */
  public void listen(Runnable changed) {
    listener = changed;
  }

  /** Changes the node; nobody hears of what changes nothing. The function may be called twice. */
  public void change(UnaryOperator<Node> change) {
    Node before = node.get();
    Node after = change.apply(before);
    while (!node.compareAndSet(before, after)) {
      before = node.get();
      after = change.apply(before);
    }
    if (!after.equals(before)) {
      listener.run();
    }
  }
}
