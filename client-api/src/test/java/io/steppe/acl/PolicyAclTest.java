package io.steppe.acl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.rpc.v1.HostVolumeRule;
import io.steppe.rpc.v1.NamespaceRule;
import io.steppe.rpc.v1.NodePoolRule;
import io.steppe.rpc.v1.PolicyRules;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** What policies allow together. */
class PolicyAclTest {
  private static final Right READ = Right.namespace("read-job");
  private static final Right SUBMIT = Right.namespace("submit-job");

  @Test
  void theRuleOfTheVeryNameDecides() {
    Acl acl = of(namespace("*", "submit-job"), namespace("web", "read-job"));
    assertTrue(acl.allows(SUBMIT, "other"));
    assertTrue(acl.allows(READ, "web"));
    assertFalse(acl.allows(SUBMIT, "web"));
  }

  @Test
  void ofPatternsTheOneWithMostCharactersDecides() {
    Acl acl =
        of(
            namespace("*", "submit-job"),
            namespace("*-web", "deny"),
            namespace("pro*-web", "read-job"));
    assertTrue(acl.allows(SUBMIT, "production"));
    assertFalse(acl.allows(SUBMIT, "dev-web"));
    assertFalse(acl.allows(READ, "dev-web"));
    assertTrue(acl.allows(READ, "production-web"));
    assertFalse(acl.allows(SUBMIT, "production-web"));
  }

  @Test
  void anyNameIsAskedForByAStar() {
    Acl acl = of(namespace("web", "read-job"), namespace("db", "submit-job", "deny"));
    assertTrue(acl.allows(READ, "*"));
    assertFalse(acl.allows(SUBMIT, "*"));
    assertTrue(acl.allows(new Right.Namespace(Set.of()), "*"));
    assertTrue(acl.allows(new Right.Namespace(Set.of()), "web"));
    assertFalse(acl.allows(new Right.Namespace(Set.of()), "db"));
    assertFalse(acl.allows(new Right.Namespace(Set.of()), "none"));
  }

  @Test
  void whoMayWriteMayRead() {
    Acl acl =
        of(
            PolicyRules.newBuilder().setNode("read").setAgent("write").setPlugin("list").build(),
            PolicyRules.newBuilder().setNode("write").setOperator("write").build(),
            PolicyRules.newBuilder().setOperator("deny").setQuota("read").build());
    assertTrue(acl.allows(new Right.Node(Access.WRITE), ""));
    assertTrue(acl.allows(new Right.Node(Access.READ), ""));
    assertTrue(acl.allows(new Right.Agent(Access.READ), ""));
    assertTrue(acl.allows(new Right.Plugin(Access.LIST), ""));
    assertFalse(acl.allows(new Right.Plugin(Access.READ), ""));
    assertFalse(acl.allows(new Right.Operator(Access.READ), ""));
    assertTrue(acl.allows(new Right.Quota(Access.READ), ""));
    assertFalse(acl.allows(new Right.Quota(Access.WRITE), ""));
    assertFalse(acl.allows(new Right.Management(), ""));
    assertTrue(acl.allows(new Right.None(), ""));
  }

  @Test
  void poolsAndVolumesHaveRulesOfTheirOwn() {
    Acl acl =
        of(
            PolicyRules.newBuilder()
                .addNodePools(NodePoolRule.newBuilder().setPattern("dev-*").addCapabilities("read"))
                .addHostVolumes(
                    HostVolumeRule.newBuilder()
                        .setPattern("certs")
                        .addCapabilities("mount-readonly"))
                .build());
    assertTrue(acl.allows(new Right.NodePool(Set.of("read")), "dev-1"));
    assertFalse(acl.allows(new Right.NodePool(Set.of("write")), "dev-1"));
    assertFalse(acl.allows(new Right.NodePool(Set.of("read")), "default"));
    assertTrue(acl.allows(new Right.HostVolume(Set.of("mount-readonly")), "certs"));
    assertFalse(acl.allows(READ, "dev-1"));
  }

  @Property(tries = 1000)
  void patternsMatchAsExpressionsDo(
      @ForAll("patterns") String pattern, @ForAll("names") String name) {
    String expression = Pattern.quote(pattern).replace("*", "\\E.*\\Q");
    assertEquals(Pattern.matches(expression, name), PatternRules.matches(pattern, name));
  }

  @Property(tries = 500)
  void theOrderOfPoliciesDoesNotMatter(
      @ForAll("policies") List<PolicyRules> policies,
      @ForAll("names") String name,
      @ForAll long seed) {
    List<PolicyRules> shuffled = new ArrayList<>(policies);
    Collections.shuffle(shuffled, new Random(seed));
    for (String capability : List.of("a", "b")) {
      Right right = Right.namespace(capability);
      assertEquals(
          PolicyAcl.of(policies).allows(right, name), PolicyAcl.of(shuffled).allows(right, name));
    }
  }

  @Property(tries = 500)
  void oneRuleDecidesAndADenialInItWins(
      @ForAll("policies") List<PolicyRules> policies, @ForAll("names") String name) {
    List<NamespaceRule> rules =
        policies.stream()
            .flatMap(policy -> policy.getNamespacesList().stream())
            .filter(rule -> PatternRules.matches(rule.getPattern(), name))
            .toList();
    String chosen =
        rules.stream()
            .map(NamespaceRule::getPattern)
            .min(
                Comparator.<String, Boolean>comparing(pattern -> pattern.contains("*"))
                    .thenComparing(pattern -> -pattern.replace("*", "").length())
                    .thenComparing(Comparator.naturalOrder()))
            .orElse("");
    Set<String> given = new HashSet<>();
    rules.stream()
        .filter(rule -> rule.getPattern().equals(chosen))
        .forEach(rule -> given.addAll(rule.getCapabilitiesList()));
    assertEquals(
        given.contains("a") && !given.contains("deny"),
        PolicyAcl.of(policies).allows(Right.namespace("a"), name));
  }

  @Provide
  Arbitrary<String> names() {
    return Arbitraries.strings().withChars("ab").ofMaxLength(6).filter(name -> !name.isEmpty());
  }

  @Provide
  Arbitrary<String> patterns() {
    return Arbitraries.strings().withChars("ab*").ofMaxLength(6);
  }

  @Provide
  Arbitrary<List<PolicyRules>> policies() {
    Arbitrary<NamespaceRule> rule =
        Combinators.combine(
                patterns().filter(pattern -> !pattern.isEmpty()),
                Arbitraries.of("a", "b", "deny").list().ofMaxSize(2))
            .as(
                (pattern, capabilities) ->
                    NamespaceRule.newBuilder()
                        .setPattern(pattern)
                        .addAllCapabilities(capabilities)
                        .build());
    return rule.list()
        .ofMaxSize(3)
        .map(rules -> PolicyRules.newBuilder().addAllNamespaces(rules).build())
        .list()
        .ofMaxSize(3);
  }

  private static PolicyRules namespace(String pattern, String... capabilities) {
    return PolicyRules.newBuilder()
        .addNamespaces(
            NamespaceRule.newBuilder()
                .setPattern(pattern)
                .addAllCapabilities(List.of(capabilities)))
        .build();
  }

  private static Acl of(PolicyRules... policies) {
    return PolicyAcl.of(List.of(policies));
  }
}
