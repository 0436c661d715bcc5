package io.steppe.gateway.acl.policy;

import io.steppe.gateway.acl.policy.Hcl.Attribute;
import io.steppe.gateway.acl.policy.Hcl.Block;
import io.steppe.gateway.acl.policy.Hcl.Body;
import io.steppe.gateway.acl.policy.Hcl.Value;
import io.steppe.gateway.acl.policy.HclLexer.Kind;
import io.steppe.gateway.acl.policy.HclLexer.Token;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads HCL: blocks, attributes, and values without expressions. */
final class HclParser {
  private static final int MAX_DEPTH = 32;
  private static final Set<String> LITERALS = Set.of("true", "false", "null");

  private final List<Token> tokens;
  private int at;

  private HclParser(List<Token> tokens) {
    this.tokens = tokens;
  }

  /**
   * What a text says.
   *
   * @throws InvalidHclException for what is no HCL
   */
  static Body parse(String text) {
    HclParser parser = new HclParser(HclLexer.tokens(text));
    Body body = parser.peek().is("{") ? parser.document() : parser.body(0);
    if (parser.peek().kind() != Kind.END) {
      throw parser.unexpected("object expected closing RBRACE got: " + parser.peek().text());
    }
    return body;
  }

  /** JSON is an object; each of its keys is a block or an attribute. */
  private Body document() {
    int line = take().line();
    return Body.of((Value.Fields) fields(0), line);
  }

  private Body body(int depth) {
    if (depth > MAX_DEPTH) {
      throw unexpected("nested too deep");
    }
    List<Hcl> items = new ArrayList<>();
    while (peek().kind() == Kind.NAME || peek().kind() == Kind.TEXT) {
      items.add(item(depth));
      if (peek().is(",")) {
        at++;
      }
    }
    return new Body(items);
  }

  private Hcl item(int depth) {
    Token name = take();
    if (peek().is("=") || peek().is(":")) {
      at++;
      return new Attribute(name.text(), value(depth), name.line());
    }
    List<String> labels = new ArrayList<>();
    if (peek().kind() == Kind.END) {
      throw unexpected(
          "key '%s' expected start of object ('{') or assignment ('=')".formatted(name.text()));
    }
    while (peek().kind() == Kind.TEXT || peek().kind() == Kind.NAME) {
      labels.add(take().text());
    }
    expect("{", "expected: IDENT | STRING | ASSIGN | LBRACE got: ");
    Body body = body(depth + 1);
    expect("}", "object expected closing RBRACE got: ");
    return new Block(name.text(), List.copyOf(labels), body, name.line());
  }

  private Value value(int depth) {
    if (depth > MAX_DEPTH) {
      throw unexpected("nested too deep");
    }
    Token token = take();
    return switch (token.kind()) {
      case TEXT -> new Value.Text(token.text());
      case NUMBER -> new Value.Literal(token.text());
      case NAME -> {
        if (!LITERALS.contains(token.text())) {
          throw unexpected(
              token,
              "Unknown token: %d:%d IDENT %s"
                  .formatted(token.line(), token.column(), token.text()));
        }
        yield new Value.Literal(token.text());
      }
      case MARK ->
          switch (token.text()) {
            case "[" -> items(depth);
            case "{" -> fields(depth);
            default -> throw unexpected(token, "Unknown token: " + token.text());
          };
      case END -> throw unexpected(token, "Unknown token: EOF");
    };
  }

  private Value items(int depth) {
    List<Value> items = new ArrayList<>();
    while (!peek().is("]")) {
      items.add(value(depth + 1));
      if (!peek().is("]")) {
        expect(",", "error parsing list, expected comma or list end, got: ");
      }
    }
    at++;
    return new Value.Items(List.copyOf(items));
  }

  private Value fields(int depth) {
    Map<String, Value> fields = new LinkedHashMap<>();
    while (!peek().is("}")) {
      Token name = take();
      if (name.kind() != Kind.NAME && name.kind() != Kind.TEXT) {
        throw unexpected(name, "expected: IDENT | STRING got: " + shown(name));
      }
      if (!peek().is(":")) {
        expect("=", "expected: ASSIGN got: ");
      } else {
        at++;
      }
      fields.put(name.text(), value(depth + 1));
      if (peek().is(",")) {
        at++;
      }
    }
    at++;
    return new Value.Fields(fields);
  }

  private void expect(String mark, String otherwise) {
    if (!peek().is(mark)) {
      throw unexpected(otherwise + shown(peek()));
    }
    at++;
  }

  private static String shown(Token token) {
    return token.kind() == Kind.END ? "EOF" : token.text();
  }

  private Token peek() {
    return tokens.get(at);
  }

  private Token take() {
    Token token = tokens.get(at);
    if (token.kind() != Kind.END) {
      at++;
    }
    return token;
  }

  private InvalidHclException unexpected(String what) {
    return unexpected(peek(), what);
  }

  private static InvalidHclException unexpected(Token token, String what) {
    return InvalidHclException.at(token.line(), token.column(), what);
  }
}
