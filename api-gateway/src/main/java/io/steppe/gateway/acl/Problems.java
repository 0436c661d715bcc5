package io.steppe.gateway.acl;

import io.steppe.rpc.ErrorList;
import io.steppe.rpc.Failure;
import java.util.ArrayList;
import java.util.List;

/** What is wrong with something a client wants, all of it told at once. */
public final class Problems {
  private final String about;
  private final List<String> found = new ArrayList<>();

  /**
   * None yet.
   *
   * @param about what the text begins with; empty for nothing
   */
  public Problems(String about) {
    this.about = about;
  }

  public void add(String problem) {
    found.add(problem);
  }

  /**
   * Goes on where there are none.
   *
   * @throws Failure INVALID that tells them
   */
  public void check() {
    if (found.isEmpty()) {
      return;
    }
    throw Failure.invalid((about.isEmpty() ? "" : about + ": ") + ErrorList.text(found));
  }
}
