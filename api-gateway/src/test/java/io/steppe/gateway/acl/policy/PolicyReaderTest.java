package io.steppe.gateway.acl.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.rpc.v1.NamespaceRule;
import io.steppe.rpc.v1.PolicyRules;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Policies as people write them. */
class PolicyReaderTest {
  @Test
  void everyRuleIsRead() {
    PolicyRules rules =
        PolicyReader.read(
            """
            # a comment
            namespace "default" {
              policy       = "read" // and another
              capabilities = ["submit-job",]
              variables {
                path "app/*" { capabilities = ["read"] }
                path "app/secret" { capabilities = ["deny"] }
              }
            }
            namespace "prod-*" { policy = "deny" }
            node_pool "gpu" { policy = "write" }
            host_volume "*" { policy = "read" }
            node { policy = "read" }
            agent { policy = "write" }
            operator { policy = "read" }
            /* all of
               these */
            quota { policy = "deny" }
            plugin { policy = "list" }
            """);
    NamespaceRule first = rules.getNamespaces(0);
    assertEquals("default", first.getPattern());
    assertTrue(
        first
            .getCapabilitiesList()
            .containsAll(List.of("list-jobs", "read-job", "submit-job", "csi-list-volume")));
    assertEquals("app/*", first.getVariables(0).getPath());
    assertEquals(List.of("read", "list"), first.getVariables(0).getCapabilitiesList());
    assertEquals(List.of("deny"), rules.getNamespaces(1).getCapabilitiesList());
    assertEquals(
        Set.of("delete", "read", "write"), Set.copyOf(rules.getNodePools(0).getCapabilitiesList()));
    assertEquals(List.of("mount-readonly"), rules.getHostVolumes(0).getCapabilitiesList());
    assertEquals(
        List.of("read", "write", "read", "deny", "list"),
        List.of(
            rules.getNode(),
            rules.getAgent(),
            rules.getOperator(),
            rules.getQuota(),
            rules.getPlugin()));
  }

  @Test
  void jsonSaysTheSame() {
    PolicyRules hcl =
        PolicyReader.read(
            """
            namespace "d" {
              policy = "write"
              variables {
                path "a" { capabilities = ["list"] }
              }
            }
            node_pool "p" { policy = "read" }
            agent { policy = "read" }
            """);
    assertEquals(
        hcl,
        PolicyReader.read(
            """
            {"namespace": {"d": {"policy": "write",
                                 "variables": {"path": {"a": {"capabilities": ["list"]}}}}},
             "node_pool": [{"p": [{"policy": "read"}]}],
             "agent": {"policy": "read"}}
            """));
  }

  @Test
  void nothingIsNoRule() {
    assertEquals(PolicyRules.getDefaultInstance(), PolicyReader.read(""));
    assertEquals(PolicyRules.getDefaultInstance(), PolicyReader.read("# nothing\n"));
  }

  @Test
  void capabilitiesBringOthersAlong() {
    assertEquals(
        Set.of("read-fs", "read-logs"),
        Set.copyOf(
            PolicyReader.read("namespace \"x\" { capabilities = [\"read-fs\"] }")
                .getNamespaces(0)
                .getCapabilitiesList()));
  }

  @Test
  void whatIsWrongIsToldAsClientsKnowIt() {
    Map<String, String> texts =
        Map.ofEntries(
            Map.entry(
                "namespace \"x\" { capabilities = [\"foo\"] }",
                "Invalid namespace capability 'foo': &acl.NamespacePolicy{Name:\"x\", Policy:\"\","
                    + " Capabilities:[]string{\"foo\"}, Variables:(*acl.VariablesPolicy)(nil)}"),
            Map.entry(
                "namespace \"a b\" { policy = \"read\" }",
                "Invalid namespace name: &acl.NamespacePolicy{Name:\"a b\", Policy:\"read\","
                    + " Capabilities:[]string(nil), Variables:(*acl.VariablesPolicy)(nil)}"),
            Map.entry(
                "agent { policy = \"foo\" }",
                "Invalid agent policy: &acl.AgentPolicy{Policy:\"foo\"}"),
            Map.entry("agent { }", "Invalid agent policy: &acl.AgentPolicy{Policy:\"\"}"),
            Map.entry(
                "agent { policy=\"read\" } agent { policy=\"read\" }",
                "Invalid or duplicate policy keys: agent"),
            Map.entry("agent \"x\" { policy = \"read\" }", "Invalid or duplicate policy keys: x"),
            Map.entry(
                "namespace \"a\" \"b\" { policy=\"read\" }", "Invalid or duplicate policy keys: b"),
            Map.entry("foo \"x\" { }", "Invalid policy: foo \"x\" { }"),
            Map.entry("node_pool \"a\" { policy = \"x\" }", "Invalid node pool policy 'x' for 'a'"),
            Map.entry(
                "node_pool \"a\" { capabilities = [\"x\"] }",
                "Invalid node pool capability 'x' for 'a'"),
            Map.entry("node_pool \"\" { policy=\"read\" }", "Invalid node pool name ''"),
            Map.entry(
                "host_volume \"a\" { policy = \"x\" }",
                "Invalid host volume policy: &acl.HostVolumePolicy{Name:\"a\", Policy:\"x\","
                    + " Capabilities:[]string(nil)}"),
            Map.entry(
                "namespace \"d\" { variables { } }",
                "Invalid variable policy: no variable paths in namespace d"),
            Map.entry(
                "namespace \"d\" { variables { path \"a\" { capabilities = [\"foo\"] } } }",
                "Invalid variable capability 'foo' in namespace d"),
            Map.entry(
                "namespace \"x\" { policy = read }",
                "Failed to parse ACL Policy: At 1:26: Unknown token: 1:26 IDENT read"),
            Map.entry(
                "x",
                "Failed to parse ACL Policy: At 1:2: key 'x' expected start of object ('{') or"
                    + " assignment ('=')"),
            Map.entry("!", "Failed to parse ACL Policy: At 1:1: illegal char"),
            Map.entry(
                "namespace \"x\" { policy = \"read",
                "Failed to parse ACL Policy: At 1:26: literal not terminated"));
    texts.forEach(
        (rules, text) ->
            assertEquals(
                text,
                assertThrows(InvalidHclException.class, () -> PolicyReader.read(rules), rules)
                    .getMessage()));
  }

  @Property(tries = 3000)
  void anyTextIsReadOrRefused(@ForAll("texts") String text) {
    try {
      PolicyReader.read(text);
    } catch (InvalidHclException refused) {
      assertTrue(!refused.getMessage().isEmpty());
    }
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.of(
            "namespace",
            "agent",
            "variables",
            "path",
            " ",
            "\"a\"",
            "\"",
            "{",
            "}",
            "[",
            "]",
            "=",
            ":",
            ",",
            "policy",
            "capabilities",
            "\"read\"",
            "5",
            "true",
            "<<E\n",
            "E\n",
            "\\u12",
            "#",
            "/*",
            "*/",
            "\n",
            "é",
            "-")
        .list()
        .ofMaxSize(24)
        .map(words -> String.join("", words));
  }
}
