package io.steppe.gateway.acl.policy;

import io.steppe.gateway.acl.policy.PolicyReader.Given;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What rules can say: names, policies, capabilities, and which capabilities others bring along. */
final class RuleTerms {
  static final Set<String> LABELLED = Set.of("namespace", "node_pool", "host_volume");
  static final Set<String> TYPES =
      Set.of(
          "namespace", "node_pool", "host_volume", "agent", "node", "operator", "quota", "plugin");

  private static final String DENY = "deny";
  private static final List<String> READ_NAMESPACE =
      List.of(
          "list-jobs",
          "parse-job",
          "read-job",
          "csi-list-volume",
          "csi-read-volume",
          "read-job-scaling",
          "list-scaling-policies",
          "read-scaling-policy",
          "host-volume-read");
  private static final List<String> WRITE_NAMESPACE =
      List.of(
          "scale-job",
          "submit-job",
          "dispatch-job",
          "read-logs",
          "read-fs",
          "alloc-exec",
          "alloc-lifecycle",
          "csi-mount-volume",
          "csi-write-volume",
          "submit-recommendation",
          "host-volume-create");
  private static final List<String> SCALE_NAMESPACE =
      List.of(
          "list-scaling-policies",
          "read-scaling-policy",
          "read-job-scaling",
          "scale-job",
          "read-job",
          "submit-recommendation");

  static final RuleTerms NAMESPACE =
      new RuleTerms(
          Pattern.compile("[a-zA-Z0-9*-]{1,128}"),
          Map.of(
              DENY,
              List.of(DENY),
              "read",
              READ_NAMESPACE,
              "write",
              joined(READ_NAMESPACE, WRITE_NAMESPACE),
              "scale",
              SCALE_NAMESPACE),
          Set.copyOf(
              joined(
                  joined(READ_NAMESPACE, WRITE_NAMESPACE),
                  List.of(
                      DENY,
                      "alloc-node-exec",
                      "csi-register-plugin",
                      "host-volume-register",
                      "host-volume-write",
                      "host-volume-delete",
                      "register-job",
                      "sentinel-override"))),
          Map.of(
              "list-jobs", List.of("csi-list-volume"),
              "read-job", List.of("csi-read-volume", "csi-list-volume"),
              "read-fs", List.of("read-logs"),
              "csi-read-volume", List.of("csi-list-volume"),
              "csi-write-volume", List.of("csi-read-volume", "csi-list-volume"),
              "csi-mount-volume", List.of("csi-read-volume", "csi-list-volume"),
              "host-volume-create", List.of("host-volume-read"),
              "host-volume-register", List.of("host-volume-create", "host-volume-read"),
              "host-volume-write",
                  List.of(
                      "host-volume-register",
                      "host-volume-create",
                      "host-volume-delete",
                      "host-volume-read")),
          (what, given) ->
              "Invalid namespace %s: &acl.NamespacePolicy{%s, Variables:(*acl.VariablesPolicy)(nil)}"
                  .formatted(what, shown(given)));

  static final RuleTerms NODE_POOL =
      new RuleTerms(
          Pattern.compile("[a-zA-Z0-9_*-]{1,128}"),
          Map.of(
              DENY,
              List.of(DENY),
              "read",
              List.of("read"),
              "write",
              List.of("delete", "read", "write")),
          Set.of(DENY, "delete", "read", "write"),
          Map.of(),
          (what, given) ->
              what.equals("name")
                  ? "Invalid node pool name '" + given.name() + "'"
                  : what.equals("policy")
                      ? "Invalid node pool policy '%s' for '%s'"
                          .formatted(given.policy().orElse(""), given.name())
                      : "Invalid node pool %s for '%s'".formatted(what, given.name()));

  static final RuleTerms HOST_VOLUME =
      new RuleTerms(
          Pattern.compile("[a-zA-Z0-9_*-]{1,128}"),
          Map.of(
              DENY,
              List.of(DENY),
              "read",
              List.of("mount-readonly"),
              "write",
              List.of("mount-readonly", "mount-readwrite")),
          Set.of(DENY, "mount-readonly", "mount-readwrite"),
          Map.of(),
          (what, given) ->
              "Invalid host volume %s: &acl.HostVolumePolicy{%s}".formatted(what, shown(given)));

  private static final Map<String, Set<String>> COARSE =
      Map.of(
          "agent", Set.of("read", "write", DENY),
          "node", Set.of("read", "write", DENY),
          "operator", Set.of("read", "write", DENY),
          "quota", Set.of("read", "write", DENY),
          "plugin", Set.of("read", "write", DENY, "list"));
  private static final Map<String, String> COARSE_TYPES =
      Map.of(
          "agent", "AgentPolicy{Policy:\"%s\"}",
          "node", "NodePolicy{Policy:\"%s\"}",
          "operator", "OperatorPolicy{Policy:\"%s\", Capabilities:[]string(nil)}",
          "quota", "QuotaPolicy{Policy:\"%s\"}",
          "plugin", "PluginPolicy{Policy:\"%s\"}");
  private static final Set<String> OPERATOR =
      Set.of(
          DENY,
          "snapshot-save",
          "license-read",
          "keyring-rotate",
          "keyring-read",
          "keyring-delete");
  private static final Map<String, List<String>> VARIABLES =
      Map.of(
          "list",
          List.of("list"),
          "read",
          List.of("read", "list"),
          "write",
          List.of("write", "list"),
          "destroy",
          List.of("destroy"),
          DENY,
          List.of(DENY));

  private final Pattern names;
  private final Map<String, List<String>> policies;
  private final Set<String> known;
  private final Map<String, List<String>> implied;
  private final BiFunction<String, Given, String> refusal;

  private RuleTerms(
      Pattern names,
      Map<String, List<String>> policies,
      Set<String> known,
      Map<String, List<String>> implied,
      BiFunction<String, Given, String> refusal) {
    this.names = names;
    this.policies = policies;
    this.known = known;
    this.implied = implied;
    this.refusal = refusal;
  }

  /**
   * The capabilities a rule gives, with those that its policy stands for.
   *
   * @throws InvalidHclException for what is none
   */
  Set<String> capabilities(Given given) {
    if (!names.matcher(given.name()).matches()) {
      throw new InvalidHclException(refusal.apply("name", given));
    }
    String policy = given.policy().orElse("");
    if (!policy.isEmpty() && !policies.containsKey(policy)) {
      throw new InvalidHclException(refusal.apply("policy", given));
    }
    Set<String> all = new LinkedHashSet<>(policies.getOrDefault(policy, List.of()));
    for (String capability : given.capabilities().orElse(List.of())) {
      if (!known.contains(capability)) {
        throw new InvalidHclException(refusal.apply("capability '" + capability + "'", given));
      }
      all.add(capability);
    }
    List.copyOf(all).forEach(one -> all.addAll(implied.getOrDefault(one, List.of())));
    return all;
  }

  /**
   * Checks a rule that is about nothing in particular.
   *
   * @throws InvalidHclException for a policy or a capability that it can't have
   */
  static void checkCoarse(String type, String policy, List<String> capabilities) {
    boolean fine = type.equals("operator") && policy.isEmpty() && !capabilities.isEmpty();
    if (!COARSE.get(type).contains(policy) && !fine) {
      throw new InvalidHclException(
          "Invalid %s policy: &acl.%s".formatted(type, COARSE_TYPES.get(type).formatted(policy)));
    }
    for (String capability : capabilities) {
      if (type.equals("operator") && !OPERATOR.contains(capability)) {
        throw new InvalidHclException("Invalid operator capability '" + capability + "'");
      }
    }
  }

  /**
   * The capabilities for variables, with those that others bring along.
   *
   * @throws InvalidHclException for what is none
   */
  static Set<String> variables(String namespace, List<String> given) {
    Set<String> all = new LinkedHashSet<>();
    for (String capability : given) {
      List<String> stands = VARIABLES.get(capability);
      if (stands == null) {
        throw new InvalidHclException(
            "Invalid variable capability '%s' in namespace %s".formatted(capability, namespace));
      }
      all.addAll(stands);
    }
    return all;
  }

  private static String shown(Given given) {
    String capabilities =
        given
            .capabilities()
            .filter(list -> !list.isEmpty())
            .map(
                list ->
                    list.stream()
                        .map(one -> "\"" + one + "\"")
                        .collect(Collectors.joining(", ", "{", "}")))
            .orElse("(nil)");
    return "Name:\"%s\", Policy:\"%s\", Capabilities:[]string%s"
        .formatted(given.name(), given.policy().orElse(""), capabilities);
  }

  private static List<String> joined(List<String> one, List<String> other) {
    Set<String> both = new LinkedHashSet<>(one);
    both.addAll(other);
    return List.copyOf(both);
  }
}
