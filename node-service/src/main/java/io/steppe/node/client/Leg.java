package io.steppe.node.client;

import io.steppe.rpc.v1.ExecInput;

/** The way from this replica on to an agent, as the reader's side sees it. */
interface Leg {
  /** The reader takes that many bytes more. */
  void credit(int bytes);

  /** The reader sends something to the command it runs. */
  void input(ExecInput input);

  /** The reader is gone: so is the call. */
  void cancel();
}
