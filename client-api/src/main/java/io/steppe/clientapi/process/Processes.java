package io.steppe.clientapi.process;

import io.steppe.clientapi.ClientCalls;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;

/** Which process is asked to tell of itself. */
public interface Processes {
  /** Where a process is. */
  sealed interface Place {}

  /**
   * A process that takes calls.
   *
   * @param id as documents name it
   * @param nodeId of an agent; empty for others
   */
  record Called(String id, String nodeId, ClientCalls calls) implements Place {}

  /** Another gateway, which takes the same request: {@code host:port}, or with a scheme before. */
  record Gateway(String address) implements Place {}

  /**
   * The process that a request names; without a name, the one that is asked. Waits for what it has
   * to look up.
   *
   * @param serverId name of a replica, or "leader"; empty for none
   * @param nodeId of an agent; empty for none
   * @throws Refusal 500 for a replica that nobody knows, and for text that is no id of a node
   */
  Place of(Request request, String serverId, String nodeId);

  /** Whether there is such a node, as far as can be told. */
  boolean isKnown(Request request, String nodeId);

  /** Whether profiles may be taken here. */
  boolean areProfilesOn();
}
