package io.steppe.node.view;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.google.protobuf.UInt64Value;
import io.steppe.acl.state.AclView;
import io.steppe.ledger.Change;
import io.steppe.ledger.LoggedChange;
import io.steppe.ledger.Tables;
import io.steppe.ledger.View;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.NodePool;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.TreePMap;

/**
 * What node-service keeps of the state.
 *
 * @param nodes by id, in the order of ids
 * @param pools by name, the built-in ones included
 * @param allocations by node id, then by allocation id; without placement metrics, which no agent
 *     reads
 * @param nodeOfAllocation node id by allocation id
 * @param lastReports by node id: the index of the last change that its agent reported of an
 *     allocation
 * @param jobVersions by key of {@link Tables#JOB_VERSIONS}
 * @param introductions tokens that introduced a node, by id: when they end, unix nanoseconds
 * @param acl who may do what, for requests that come to agents
 */
public record NodeView(
    TreePMap<String, Node> nodes,
    PMap<String, NodePool> pools,
    PMap<String, PMap<String, Allocation>> allocations,
    PMap<String, String> nodeOfAllocation,
    PMap<String, Long> lastReports,
    PMap<String, Job> jobVersions,
    PMap<String, Long> introductions,
    AclView acl)
    implements View<NodeView> {

  /** The tables this view is made of. */
  public static final Set<String> TABLES =
      Stream.concat(
              Stream.of(
                  Tables.NODES,
                  Tables.NODE_POOLS,
                  Tables.ALLOCS,
                  Tables.JOB_VERSIONS,
                  Tables.INTRODUCTIONS),
              Tables.ACL.stream())
          .collect(Collectors.toUnmodifiableSet());

  /** A view of nothing but the built-in node pools. */
  public static NodeView empty() {
    return new NodeView(
        TreePMap.empty(),
        BuiltInPools.ALL_BY_NAME,
        HashTreePMap.empty(),
        HashTreePMap.empty(),
        HashTreePMap.empty(),
        HashTreePMap.empty(),
        HashTreePMap.empty(),
        AclView.empty());
  }

  public Optional<Node> node(String id) {
    return Optional.ofNullable(nodes.get(id));
  }

  /** The allocations of a node by id; empty for a node that has none or is not known. */
  public PMap<String, Allocation> allocationsOf(String nodeId) {
    return allocations.getOrDefault(nodeId, HashTreePMap.empty());
  }

  public Optional<Allocation> allocation(String id) {
    return Optional.ofNullable(nodeOfAllocation.get(id)).map(node -> allocationsOf(node).get(id));
  }

  /** The index of the last change that a node's agent reported of an allocation; 0 for none. */
  public long lastReportOf(String nodeId) {
    return lastReports.getOrDefault(nodeId, 0L);
  }

  /** The job of the version that an allocation was made of. */
  public Optional<Job> jobOf(Allocation allocation) {
    String key =
        allocation.getNamespace() + "/" + allocation.getJobId() + "#" + allocation.getJobVersion();
    return Optional.ofNullable(jobVersions.get(key));
  }

  @Override
  public NodeView apply(LoggedChange logged) {
    Change change = logged.change();
    return switch (change.table()) {
      case Tables.NODES -> withNode(change);
      case Tables.NODE_POOLS -> withPools(changed(pools, change, NodePool.parser()));
      case Tables.JOB_VERSIONS -> withJobVersions(changed(jobVersions, change, Job.parser()));
      case Tables.ALLOCS ->
          change
              .object()
              .map(bytes -> withAllocation(parse(Allocation.parser(), bytes, change)))
              .orElseGet(() -> withoutAllocation(change.key()));
      case Tables.INTRODUCTIONS -> withIntroduction(change);
      default -> Tables.ACL.contains(change.table()) ? withAcl(acl.apply(logged)) : this;
    };
  }

  private NodeView withIntroduction(Change change) {
    PMap<String, Long> changed =
        change
            .object()
            .map(
                bytes ->
                    introductions.plus(
                        change.key(), parse(UInt64Value.parser(), bytes, change).getValue()))
            .orElseGet(() -> introductions.minus(change.key()));
    return new NodeView(
        nodes, pools, allocations, nodeOfAllocation, lastReports, jobVersions, changed, acl);
  }

  private NodeView withAcl(AclView changed) {
    return new NodeView(
        nodes,
        pools,
        allocations,
        nodeOfAllocation,
        lastReports,
        jobVersions,
        introductions,
        changed);
  }

  private NodeView withNode(Change change) {
    return new NodeView(
        changed(nodes, change, Node.parser()),
        pools,
        allocations,
        nodeOfAllocation,
        change.object().isPresent() ? lastReports : lastReports.minus(change.key()),
        jobVersions,
        introductions,
        acl);
  }

  private NodeView withPools(PMap<String, NodePool> changed) {
    return new NodeView(
        nodes,
        changed,
        allocations,
        nodeOfAllocation,
        lastReports,
        jobVersions,
        introductions,
        acl);
  }

  private NodeView withJobVersions(PMap<String, Job> changed) {
    return new NodeView(
        nodes, pools, allocations, nodeOfAllocation, lastReports, changed, introductions, acl);
  }

  private NodeView withAllocation(Allocation stored) {
    Allocation kept = stored.toBuilder().clearMetrics().build();
    PMap<String, Allocation> ofNode = allocationsOf(kept.getNodeId()).plus(kept.getId(), kept);
    return new NodeView(
        nodes,
        pools,
        allocations.plus(kept.getNodeId(), ofNode),
        nodeOfAllocation.plus(kept.getId(), kept.getNodeId()),
        reported(kept),
        jobVersions,
        introductions,
        acl);
  }

  /** What the control plane changes of an allocation moves both of its indexes. */
  private PMap<String, Long> reported(Allocation changed) {
    long index = changed.getModifyIndex();
    boolean byAgent = index > changed.getAllocModifyIndex();
    return byAgent && index > lastReportOf(changed.getNodeId())
        ? lastReports.plus(changed.getNodeId(), index)
        : lastReports;
  }

  private NodeView withoutAllocation(String id) {
    String node = nodeOfAllocation.get(id);
    if (node == null) {
      return this;
    }
    PMap<String, Allocation> left = allocationsOf(node).minus(id);
    return new NodeView(
        nodes,
        pools,
        left.isEmpty() ? allocations.minus(node) : allocations.plus(node, left),
        nodeOfAllocation.minus(id),
        lastReports,
        jobVersions,
        introductions,
        acl);
  }

  private static <T extends MessageLite> TreePMap<String, T> changed(
      TreePMap<String, T> table, Change change, Parser<T> parser) {
    return change
        .object()
        .map(bytes -> table.plus(change.key(), parse(parser, bytes, change)))
        .orElseGet(() -> table.minus(change.key()));
  }

  private static <T extends MessageLite> PMap<String, T> changed(
      PMap<String, T> table, Change change, Parser<T> parser) {
    return change
        .object()
        .map(bytes -> table.plus(change.key(), parse(parser, bytes, change)))
        .orElseGet(() -> table.minus(change.key()));
  }

  private static <T extends MessageLite> T parse(
      Parser<T> parser, ByteString bytes, Change change) {
    try {
      return parser.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(
          "stored object is damaged: " + change.table() + " " + change.key(), e);
    }
  }
}
