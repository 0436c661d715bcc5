package io.steppe.gateway.acl.policy;

import io.steppe.gateway.acl.policy.Hcl.Attribute;
import io.steppe.gateway.acl.policy.Hcl.Block;
import io.steppe.gateway.acl.policy.Hcl.Body;
import io.steppe.gateway.acl.policy.Hcl.Value;
import io.steppe.rpc.v1.HostVolumeRule;
import io.steppe.rpc.v1.NamespaceRule;
import io.steppe.rpc.v1.NodePoolRule;
import io.steppe.rpc.v1.PolicyRules;
import io.steppe.rpc.v1.VariablesRule;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Reads the rules of a policy, HCL or JSON, and says what is wrong with them. */
final class PolicyReader {
  private final PolicyRules.Builder rules = PolicyRules.newBuilder();
  private final Set<String> seen = new HashSet<>();
  private final List<String> unknown = new ArrayList<>();

  private PolicyReader() {}

  /**
   * The rules.
   *
   * @throws InvalidHclException for text that is none, and for what no rule can say
   */
  static PolicyRules read(String text) {
    PolicyReader reader = new PolicyReader();
    Body body = parsed(text);
    for (Hcl item : body.items()) {
      switch (item) {
        case Block block -> reader.rule(block);
        case Attribute attribute -> reader.attribute(attribute);
      }
    }
    if (!reader.unknown.isEmpty()) {
      throw new InvalidHclException(
          reader.seen.isEmpty()
              ? "Invalid policy: " + text
              : "Invalid or duplicate policy keys: " + String.join(", ", reader.unknown));
    }
    return reader.rules.build();
  }

  private static Body parsed(String text) {
    try {
      return HclParser.parse(text);
    } catch (InvalidHclException e) {
      throw new InvalidHclException("Failed to parse ACL Policy: " + e.getMessage());
    }
  }

  private void attribute(Attribute attribute) {
    if (!RuleTerms.TYPES.contains(attribute.name())) {
      unknown.add(attribute.name());
      return;
    }
    throw new InvalidHclException(
        "Failed to parse ACL Policy: At %d:1: root.%s: not an object type for struct"
            .formatted(attribute.line(), attribute.name()));
  }

  private void rule(Block block) {
    if (!RuleTerms.TYPES.contains(block.type())) {
      unknown.add(block.type());
      return;
    }
    if (RuleTerms.LABELLED.contains(block.type())) {
      labelled(block).forEach(this::labelledRule);
    } else {
      coarseRule(block);
    }
    seen.add(block.type());
  }

  /** In JSON the label is a key of its own. */
  private static Stream<Block> labelled(Block block) {
    boolean nested =
        block.labels().isEmpty()
            && !block.body().items().isEmpty()
            && block.body().items().stream()
                .allMatch(item -> item instanceof Block inner && !inner.type().equals("variables"));
    return nested
        ? block.body().items().stream()
            .map(Block.class::cast)
            .map(
                inner -> new Block(block.type(), List.of(inner.type()), inner.body(), inner.line()))
        : Stream.of(block);
  }

  private void labelledRule(Block block) {
    if (block.labels().size() > 1) {
      throw new InvalidHclException(
          "Invalid or duplicate policy keys: "
              + String.join(", ", block.labels().subList(1, block.labels().size())));
    }
    String name = block.labels().isEmpty() ? "" : block.labels().getFirst();
    Given given =
        new Given(name, text(block.body(), "policy"), texts(block.body(), "capabilities"));
    switch (block.type()) {
      case "namespace" ->
          rules.addNamespaces(
              NamespaceRule.newBuilder()
                  .setPattern(name)
                  .addAllCapabilities(RuleTerms.NAMESPACE.capabilities(given))
                  .addAllVariables(variables(name, block.body())));
      case "node_pool" ->
          rules.addNodePools(
              NodePoolRule.newBuilder()
                  .setPattern(name)
                  .addAllCapabilities(RuleTerms.NODE_POOL.capabilities(given)));
      default ->
          rules.addHostVolumes(
              HostVolumeRule.newBuilder()
                  .setPattern(name)
                  .addAllCapabilities(RuleTerms.HOST_VOLUME.capabilities(given)));
    }
  }

  private void coarseRule(Block block) {
    if (!block.labels().isEmpty() || seen.contains(block.type())) {
      throw new InvalidHclException(
          "Invalid or duplicate policy keys: "
              + (block.labels().isEmpty() ? block.type() : String.join(", ", block.labels())));
    }
    String policy = text(block.body(), "policy").orElse("");
    List<String> capabilities = texts(block.body(), "capabilities").orElse(List.of());
    RuleTerms.checkCoarse(block.type(), policy, capabilities);
    switch (block.type()) {
      case "agent" -> rules.setAgent(policy);
      case "node" -> rules.setNode(policy);
      case "operator" -> rules.setOperator(policy);
      case "quota" -> rules.setQuota(policy);
      default -> rules.setPlugin(policy);
    }
  }

  private static List<VariablesRule> variables(String namespace, Body body) {
    List<VariablesRule> paths = new ArrayList<>();
    for (Block variables : blocks(body, "variables")) {
      List<Block> found =
          blocks(variables.body(), "path").stream().flatMap(PolicyReader::labelled).toList();
      if (found.isEmpty()) {
        throw new InvalidHclException(
            "Invalid variable policy: no variable paths in namespace " + namespace);
      }
      found.forEach(path -> paths.add(path(namespace, path)));
    }
    return paths;
  }

  private static VariablesRule path(String namespace, Block block) {
    String path = block.labels().isEmpty() ? "" : block.labels().getFirst();
    if (path.isEmpty()) {
      throw new InvalidHclException("Invalid missing variable path in namespace " + namespace);
    }
    if (path.startsWith("/")) {
      throw new InvalidHclException(
          "Invalid variable path \"%s\" in namespace %s: cannot start with a leading '/'`"
              .formatted(path, namespace));
    }
    List<String> given = texts(block.body(), "capabilities").orElse(List.of());
    return VariablesRule.newBuilder()
        .setPath(path)
        .addAllCapabilities(RuleTerms.variables(namespace, given))
        .build();
  }

  private static List<Block> blocks(Body body, String type) {
    return body.items().stream()
        .filter(Block.class::isInstance)
        .map(Block.class::cast)
        .filter(block -> block.type().equals(type))
        .toList();
  }

  private static Optional<Attribute> attribute(Body body, String name) {
    return body.items().stream()
        .filter(Attribute.class::isInstance)
        .map(Attribute.class::cast)
        .filter(attribute -> attribute.name().equals(name))
        .reduce((first, last) -> last);
  }

  private static Optional<String> text(Body body, String name) {
    return attribute(body, name)
        .map(
            attribute ->
                text(attribute.value())
                    .orElseThrow(() -> wrongType(attribute, "unknown type for string")));
  }

  private static Optional<List<String>> texts(Body body, String name) {
    return attribute(body, name)
        .map(
            attribute -> {
              if (!(attribute.value() instanceof Value.Items list)) {
                throw wrongType(attribute, "unknown slice type");
              }
              return list.items().stream()
                  .map(
                      item ->
                          text(item)
                              .orElseThrow(() -> wrongType(attribute, "unknown type for string")))
                  .toList();
            });
  }

  private static Optional<String> text(Value value) {
    return switch (value) {
      case Value.Text text -> Optional.of(text.text());
      case Value.Literal literal -> Optional.of(literal.text());
      case Value.Items list -> Optional.empty();
      case Value.Fields object -> Optional.empty();
    };
  }

  private static InvalidHclException wrongType(Attribute attribute, String what) {
    return new InvalidHclException(
        "Failed to parse ACL Policy: At %d:1: %s: %s"
            .formatted(attribute.line(), attribute.name(), what));
  }

  /** What a rule says of a name. */
  record Given(String name, Optional<String> policy, Optional<List<String>> capabilities) {}
}
