package io.steppe.clientapi;

import io.steppe.http.stream.Item;
import io.steppe.rpc.v1.ClientFrame;
import io.steppe.rpc.v1.ExecInput;
import java.time.Duration;

/** An answer on its way, read at the reader's own pace by one thread. */
public interface Answer extends AutoCloseable {
  /** The next frame, or the end; null when neither came in time. */
  Item<ClientFrame> next(Duration longest) throws InterruptedException;

  /** Gives credit back for bytes that went on to their reader. */
  void taken(int bytes);

  /** Sends what a running command is to get. Called by one thread at a time. */
  void input(ExecInput input);

  /** Ends the call; the agent stops. */
  @Override
  void close();
}
