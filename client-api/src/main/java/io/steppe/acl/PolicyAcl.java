package io.steppe.acl;

import io.steppe.rpc.v1.HostVolumeRule;
import io.steppe.rpc.v1.NamespaceRule;
import io.steppe.rpc.v1.NodePoolRule;
import io.steppe.rpc.v1.PolicyRules;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** What the policies of a token allow, together: a denial in one of them outweighs the others. */
public final class PolicyAcl implements Acl {
  private final PatternRules namespaces;
  private final PatternRules nodePools;
  private final PatternRules hostVolumes;
  private final Optional<Access> node;
  private final Optional<Access> agent;
  private final Optional<Access> operator;
  private final Optional<Access> quota;
  private final Optional<Access> plugin;

  private PolicyAcl(List<PolicyRules> policies) {
    namespaces =
        PatternRules.of(
            policies.stream().flatMap(rules -> rules.getNamespacesList().stream()).toList(),
            NamespaceRule::getPattern,
            NamespaceRule::getCapabilitiesList);
    nodePools =
        PatternRules.of(
            policies.stream().flatMap(rules -> rules.getNodePoolsList().stream()).toList(),
            NodePoolRule::getPattern,
            NodePoolRule::getCapabilitiesList);
    hostVolumes =
        PatternRules.of(
            policies.stream().flatMap(rules -> rules.getHostVolumesList().stream()).toList(),
            HostVolumeRule::getPattern,
            HostVolumeRule::getCapabilitiesList);
    node = together(policies, PolicyRules::getNode);
    agent = together(policies, PolicyRules::getAgent);
    operator = together(policies, PolicyRules::getOperator);
    quota = together(policies, PolicyRules::getQuota);
    plugin = together(policies, PolicyRules::getPlugin);
  }

  /** What somebody with these policies may do. */
  public static PolicyAcl of(List<PolicyRules> policies) {
    return new PolicyAcl(policies);
  }

  @Override
  public boolean isManagement() {
    return false;
  }

  @Override
  public boolean allows(Right right, String subject) {
    return switch (right) {
      case Right.None(), Right.AnyToken() -> true;
      case Right.Management() -> false;
      case Right.Node(Access access) -> covers(node, access);
      case Right.Agent(Access access) -> covers(agent, access);
      case Right.Operator(Access access) -> covers(operator, access);
      case Right.Quota(Access access) -> covers(quota, access);
      case Right.Plugin(Access access) -> covers(plugin, access);
      case Right.Namespace(Set<String> anyOf) -> namespaces.allow(anyOf, subject);
      case Right.NodePool(Set<String> anyOf) -> nodePools.allow(anyOf, subject);
      case Right.HostVolume(Set<String> anyOf) -> hostVolumes.allow(anyOf, subject);
      case Right.Depends(String how) -> true;
    };
  }

  private static boolean covers(Optional<Access> had, Access wanted) {
    return had.filter(access -> access.compareTo(wanted) >= 0).isPresent();
  }

  /** The most that any of the policies gives; nothing where one denies. */
  private static Optional<Access> together(
      List<PolicyRules> policies, Function<PolicyRules, String> rule) {
    List<String> given = policies.stream().map(rule).toList();
    if (given.contains(PatternRules.DENY)) {
      return Optional.empty();
    }
    return given.stream().flatMap(text -> access(text).stream()).max(Access::compareTo);
  }

  private static Optional<Access> access(String text) {
    return switch (text) {
      case "list" -> Optional.of(Access.LIST);
      case "read" -> Optional.of(Access.READ);
      case "write" -> Optional.of(Access.WRITE);
      default -> Optional.empty();
    };
  }
}
