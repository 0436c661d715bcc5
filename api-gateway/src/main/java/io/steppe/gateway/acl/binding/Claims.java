package io.steppe.gateway.acl.binding;

import io.steppe.json.Value;
import io.steppe.proto.v1.ACLAuthMethodConfig;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a login says of somebody, under the names that an auth method maps it to.
 *
 * @param values by name
 * @param lists by name
 */
public record Claims(Map<String, String> values, Map<String, List<String>> lists) {
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{\\s*([^}]*?)\\s*\\}");

  public Claims {
    values = Map.copyOf(values);
    lists = Map.copyOf(lists);
  }

  /** Of what a provider says, those that a method maps; what is not said is left out. */
  public static Claims of(ACLAuthMethodConfig config, Map<String, Object> said) {
    Map<String, String> values = new HashMap<>();
    config
        .getClaimMappingsMap()
        .forEach(
            (claim, name) ->
                found(said, claim).flatMap(Claims::text).ifPresent(text -> values.put(name, text)));
    Map<String, List<String>> lists = new HashMap<>();
    config
        .getListClaimMappingsMap()
        .forEach(
            (claim, name) -> found(said, claim).ifPresent(value -> lists.put(name, texts(value))));
    return new Claims(values, lists);
  }

  /** As selectors see it: {@code value.team}, {@code list.groups}. */
  Value selected() {
    Value named = new Value.Entries<>(values, Value.Text::new);
    Value listed =
        new Value.Entries<>(lists, list -> new Value.Items<String>(list, Value.Text::new));
    return new Value.Fields<>(
        this,
        (claims, key) ->
            switch (key) {
              case "value" -> Optional.of(named);
              case "list" -> Optional.of(listed);
              default -> Optional.empty();
            });
  }

  /**
   * A text with the values of its variables, {@code ${value.team}}; nothing where one has none.
   *
   * @param others variables beside the values
   */
  public Optional<String> filled(String text, Map<String, String> others) {
    StringBuilder filled = new StringBuilder();
    Matcher variable = VARIABLE.matcher(text);
    while (variable.find()) {
      String name = variable.group(1);
      String value =
          name.startsWith("value.")
              ? values.get(name.substring("value.".length()))
              : others.get(name);
      if (value == null) {
        return Optional.empty();
      }
      variable.appendReplacement(filled, Matcher.quoteReplacement(value));
    }
    return Optional.of(variable.appendTail(filled).toString());
  }

  /** By name, or where it begins with a slash, by the names that lead to it. */
  private static Optional<Object> found(Map<String, Object> said, String claim) {
    if (!claim.startsWith("/")) {
      return Optional.ofNullable(said.get(claim));
    }
    Object at = said;
    for (String part : claim.substring(1).split("/", -1)) {
      at =
          at instanceof Map<?, ?> object
              ? object.get(part.replace("~1", "/").replace("~0", "~"))
              : null;
    }
    return Optional.ofNullable(at);
  }

  private static Optional<String> text(Object value) {
    return switch (value) {
      case String text -> Optional.of(text);
      case Boolean truth -> Optional.of(truth.toString());
      case Double number when number == Math.rint(number) && Math.abs(number) < 1e15 ->
          Optional.of(String.valueOf(number.longValue()));
      case Number number -> Optional.of(number.toString());
      default -> Optional.empty();
    };
  }

  private static List<String> texts(Object value) {
    Collection<?> all = value instanceof Collection<?> list ? list : List.of(value);
    return all.stream().flatMap(one -> text(one).stream()).toList();
  }
}
