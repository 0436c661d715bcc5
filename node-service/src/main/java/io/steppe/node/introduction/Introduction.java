package io.steppe.node.introduction;

import io.steppe.rpc.v1.ReadIntroductionReply;
import java.util.Optional;

/** What a node that is not known shows for it. */
public sealed interface Introduction {
  /** Nobody asks for one. */
  record NotAsked() implements Introduction {}

  /**
   * One is asked for.
   *
   * @param strict whether a node without a good one is refused, or let in with a line in the log
   * @param token what a token that was shown and is good says
   * @param problem why there is none
   */
  record Asked(boolean strict, Optional<ReadIntroductionReply> token, String problem)
      implements Introduction {}
}
