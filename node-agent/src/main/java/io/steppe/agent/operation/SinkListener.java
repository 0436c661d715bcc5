package io.steppe.agent.operation;

import io.steppe.agent.session.FrameSink;
import io.steppe.diagnostics.Listener;
import io.steppe.rpc.v1.ClientFrame;
import java.time.Duration;

/** Whoever asked this agent about itself, at the other end of an answer. */
record SinkListener(FrameSink sink) implements Listener {
  @Override
  public int room() throws Gone, InterruptedException {
    try {
      return sink.room();
    } catch (FrameSink.Gone e) {
      throw new Gone();
    }
  }

  @Override
  public void send(ClientFrame frame) throws Gone {
    try {
      sink.send(frame);
    } catch (FrameSink.Gone e) {
      throw new Gone();
    }
  }

  @Override
  public void check() throws Gone, InterruptedException {
    try {
      sink.pause(Duration.ZERO);
    } catch (FrameSink.Gone e) {
      throw new Gone();
    }
  }
}
