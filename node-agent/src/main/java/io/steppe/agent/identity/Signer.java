package io.steppe.agent.identity;

import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.SignReply.Signed;
import io.steppe.rpc.v1.SignRequest.Wish;
import java.util.List;

/** Has identities of this node's tasks signed. */
@FunctionalInterface
public interface Signer {
  /**
   * One for each wish. May wait some seconds.
   *
   * @throws Failure when nobody can be asked now
   */
  List<Signed> sign(List<Wish> wishes);
}
