package io.steppe.acl.state;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.steppe.ledger.Change;
import io.steppe.ledger.LoggedChange;
import io.steppe.ledger.Tables;
import io.steppe.ledger.View;
import io.steppe.proto.v1.ACLBindingRule;
import io.steppe.proto.v1.ACLPolicy;
import io.steppe.proto.v1.ACLRole;
import io.steppe.proto.v1.ACLRolePolicyLink;
import io.steppe.proto.v1.ACLToken;
import io.steppe.proto.v1.ACLTokenRoleLink;
import io.steppe.proto.v1.JobACL;
import io.steppe.rpc.Callers;
import io.steppe.rpc.v1.IdentifyReply;
import io.steppe.rpc.v1.PolicyRules;
import io.steppe.rpc.v1.Rights;
import io.steppe.rpc.v1.StoredAuthMethod;
import io.steppe.rpc.v1.StoredBootstrap;
import io.steppe.rpc.v1.StoredOneTimeToken;
import io.steppe.rpc.v1.StoredPolicy;
import io.steppe.rpc.v1.StoredToken;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.pcollections.TreePMap;

/**
 * Who may do what, as of an index.
 *
 * @param policies by name
 * @param tokens by accessor id, and by the hash of their secret
 * @param oneTimeTokens by accessor id of the token they give, and by the hash of their own secret
 * @param roles by id, and by name
 * @param methods auth methods by name
 * @param rules binding rules by id
 * @param bootstrap when the first management token was made
 */
public record AclView(
    TreePMap<String, StoredPolicy> policies,
    Lookup<ByteString, StoredToken> tokens,
    Lookup<ByteString, StoredOneTimeToken> oneTimeTokens,
    Lookup<String, ACLRole> roles,
    TreePMap<String, StoredAuthMethod> methods,
    TreePMap<String, ACLBindingRule> rules,
    Optional<StoredBootstrap> bootstrap)
    implements View<AclView> {

  /** Name of the policy of those who show no token. */
  public static final String ANONYMOUS_POLICY = "anonymous";

  /** Type of a token that may do everything. */
  public static final String MANAGEMENT = "management";

  /** Key of the one row of {@link Tables#ACL_BOOTSTRAP}. */
  public static final String BOOTSTRAP_KEY = "bootstrap";

  /** A view of nothing. */
  public static AclView empty() {
    return new AclView(
        TreePMap.empty(),
        Lookup.empty(),
        Lookup.empty(),
        Lookup.empty(),
        TreePMap.empty(),
        TreePMap.empty(),
        Optional.empty());
  }

  public Optional<StoredPolicy> policy(String name) {
    return Optional.ofNullable(policies.get(name));
  }

  public Optional<StoredToken> token(String accessorId) {
    return tokens.get(accessorId);
  }

  /** The token of a secret, expired or not. */
  public Optional<StoredToken> token(SecretHash secret) {
    return tokens.find(secret.sha256());
  }

  /** The one-time token of a secret, expired or not. */
  public Optional<StoredOneTimeToken> oneTimeToken(SecretHash secret) {
    return oneTimeTokens.find(secret.sha256());
  }

  public Optional<ACLRole> role(String id) {
    return roles.get(id);
  }

  public Optional<ACLRole> roleNamed(String name) {
    return roles.find(name);
  }

  public Optional<StoredAuthMethod> method(String name) {
    return Optional.ofNullable(methods.get(name));
  }

  public Optional<ACLBindingRule> rule(String id) {
    return Optional.ofNullable(rules.get(id));
  }

  /** Names of the policies a token has, by itself and by its roles; also those that are gone. */
  public Set<String> policiesOf(ACLToken token) {
    Set<String> names = new LinkedHashSet<>(token.getPoliciesList());
    for (ACLTokenRoleLink link : token.getRolesList()) {
      role(link.getId()).stream()
          .flatMap(role -> role.getPoliciesList().stream())
          .map(ACLRolePolicyLink::getName)
          .forEach(names::add);
    }
    return names;
  }

  /** What a token may do; nothing for a secret that is none or has expired. */
  public Optional<Rights> rights(SecretHash secret, Instant now) {
    return token(secret)
        .map(StoredToken::getToken)
        .filter(token -> !isExpired(token, now))
        .map(this::rights);
  }

  /** What those may do who show no token. */
  public Rights anonymousRights() {
    return Rights.newBuilder()
        .setAccessorId(Callers.ANONYMOUS)
        .setName("Anonymous Token")
        .addAllPolicies(rules(Stream.of(ANONYMOUS_POLICY)))
        .build();
  }

  /** What a task may do: what the policies say that are of its job, its group or itself. */
  public Rights workloadRights(IdentifyReply task) {
    return Rights.newBuilder()
        .setAccessorId("alloc:" + task.getAllocId())
        .setName(task.getJobId() + "/" + task.getTaskGroup() + "/" + task.getTask())
        .setExpires(task.getExpires())
        .addAllPolicies(policiesOf(task).map(StoredPolicy::getRules).toList())
        .build();
  }

  /** The policies that are of a task's job, its group or itself. */
  public Stream<StoredPolicy> policiesOf(IdentifyReply task) {
    return policies.values().stream().filter(stored -> isOf(stored.getPolicy(), task));
  }

  /** A policy says whose tasks it is of as closely as it likes, but at least in which namespace. */
  private static boolean isOf(ACLPolicy policy, IdentifyReply task) {
    JobACL of = policy.getJobAcl();
    return policy.hasJobAcl()
        && of.getNamespace().equals(task.getNamespace())
        && isAnyOr(of.getJobId(), task.getJobId())
        && isAnyOr(of.getGroup(), task.getTaskGroup())
        && isAnyOr(of.getTask(), task.getTask());
  }

  private static boolean isAnyOr(String wanted, String value) {
    return wanted.isEmpty() || wanted.equals(value);
  }

  /** Whether a token's time is over. */
  public static boolean isExpired(ACLToken token, Instant now) {
    return token.getExpirationTime() != 0 && token.getExpirationTime() <= nanos(now);
  }

  private Rights rights(ACLToken token) {
    Rights.Builder rights =
        Rights.newBuilder()
            .setAccessorId(token.getAccessorId())
            .setName(token.getName())
            .setExpires(token.getExpirationTime());
    return token.getType().equals(MANAGEMENT)
        ? rights.setManagement(true).build()
        : rights.addAllPolicies(rules(policiesOf(token).stream())).build();
  }

  private List<PolicyRules> rules(Stream<String> names) {
    return names.map(policies::get).filter(Objects::nonNull).map(StoredPolicy::getRules).toList();
  }

  private static long nanos(Instant instant) {
    return TimeUnit.SECONDS.toNanos(instant.getEpochSecond()) + instant.getNano();
  }

  @Override
  public AclView apply(LoggedChange logged) {
    Change change = logged.change();
    return switch (change.table()) {
      case Tables.ACL_POLICIES -> withPolicies(changed(policies, change, StoredPolicy.parser()));
      case Tables.ACL_TOKENS ->
          withTokens(changed(tokens, change, StoredToken.parser(), StoredToken::getSecretHash));
      case Tables.ACL_ONE_TIME_TOKENS ->
          withOneTimeTokens(
              changed(
                  oneTimeTokens,
                  change,
                  StoredOneTimeToken.parser(),
                  StoredOneTimeToken::getSecretHash));
      case Tables.ACL_ROLES ->
          withRoles(changed(roles, change, ACLRole.parser(), ACLRole::getName));
      case Tables.ACL_AUTH_METHODS ->
          withMethods(changed(methods, change, StoredAuthMethod.parser()));
      case Tables.ACL_BINDING_RULES -> withRules(changed(rules, change, ACLBindingRule.parser()));
      case Tables.ACL_BOOTSTRAP ->
          withBootstrap(
              change.object().map(bytes -> parse(StoredBootstrap.parser(), bytes, change)));
      default -> this;
    };
  }

  private AclView withPolicies(TreePMap<String, StoredPolicy> changed) {
    return new AclView(changed, tokens, oneTimeTokens, roles, methods, rules, bootstrap);
  }

  private AclView withTokens(Lookup<ByteString, StoredToken> changed) {
    return new AclView(policies, changed, oneTimeTokens, roles, methods, rules, bootstrap);
  }

  private AclView withOneTimeTokens(Lookup<ByteString, StoredOneTimeToken> changed) {
    return new AclView(policies, tokens, changed, roles, methods, rules, bootstrap);
  }

  private AclView withRoles(Lookup<String, ACLRole> changed) {
    return new AclView(policies, tokens, oneTimeTokens, changed, methods, rules, bootstrap);
  }

  private AclView withMethods(TreePMap<String, StoredAuthMethod> changed) {
    return new AclView(policies, tokens, oneTimeTokens, roles, changed, rules, bootstrap);
  }

  private AclView withRules(TreePMap<String, ACLBindingRule> changed) {
    return new AclView(policies, tokens, oneTimeTokens, roles, methods, changed, bootstrap);
  }

  private AclView withBootstrap(Optional<StoredBootstrap> changed) {
    return new AclView(policies, tokens, oneTimeTokens, roles, methods, rules, changed);
  }

  private static <P, T extends MessageLite> Lookup<P, T> changed(
      Lookup<P, T> table, Change change, Parser<T> parser, Function<T, P> property) {
    return table.with(changed(table.byKey(), change, parser), change.key(), property);
  }

  private static <T extends MessageLite> TreePMap<String, T> changed(
      TreePMap<String, T> table, Change change, Parser<T> parser) {
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
