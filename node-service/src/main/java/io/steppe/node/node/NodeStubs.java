package io.steppe.node.node;

import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.NodeListStub;

/** Nodes as lists and reads show them. */
final class NodeStubs {
  private static final String VERSION = "nomad.version";
  private static final String ADDRESS = "unique.network.ip-address";

  private NodeStubs() {}

  /**
   * A node's line in a list.
   *
   * @param resources with what it offers and keeps for itself
   * @param os with its attributes
   */
  static NodeListStub of(Node node, boolean resources, boolean os) {
    NodeListStub.Builder stub =
        NodeListStub.newBuilder()
            .setAddress(address(node))
            .setId(node.getId())
            .setDatacenter(node.getDatacenter())
            .setName(node.getName())
            .setNodePool(node.getNodePool())
            .setNodeClass(node.getNodeClass())
            .setVersion(node.getAttributesOrDefault(VERSION, ""))
            .setDrain(node.hasDrainStrategy())
            .setSchedulingEligibility(node.getSchedulingEligibility())
            .setStatus(node.getStatus())
            .setStatusDescription(node.getStatusDescription())
            .putAllDrivers(node.getDriversMap())
            .putAllHostVolumes(node.getHostVolumesMap())
            .setCreateIndex(node.getCreateIndex())
            .setModifyIndex(node.getModifyIndex());
    if (node.hasLastDrain()) {
      stub.setLastDrain(node.getLastDrain());
    }
    if (os) {
      stub.putAllAttributes(node.getAttributesMap());
    }
    if (resources) {
      stub.setNodeResources(node.getNodeResources())
          .setReservedResources(node.getReservedResources());
    }
    return stub.build();
  }

  /** A node without what only the control plane knows. */
  static Node withoutSecrets(Node node) {
    return node.toBuilder().clearSecretId().clearSecretHash().build();
  }

  private static String address(Node node) {
    String http = node.getHttpAddr();
    int colon = http.lastIndexOf(':');
    if (colon < 0) {
      return node.getAttributesOrDefault(ADDRESS, "");
    }
    String host = http.substring(0, colon);
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }
}
