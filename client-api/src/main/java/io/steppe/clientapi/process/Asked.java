package io.steppe.clientapi.process;

import io.steppe.http.failure.Refusal;
import io.steppe.http.query.Query;

/**
 * Whom a request names.
 *
 * @param serverId name of a replica, or "leader"; empty for none
 * @param nodeId of an agent; empty for none
 */
record Asked(String serverId, String nodeId) {
  /**
   * @param both said of a request that names two
   * @throws Refusal 400 for both
   */
  static Asked of(Query query, String both) {
    Asked asked = new Asked(query.text("server_id"), query.text("node_id"));
    if (!asked.serverId.isEmpty() && !asked.nodeId.isEmpty()) {
      throw Refusal.badRequest(both);
    }
    return asked;
  }
}
