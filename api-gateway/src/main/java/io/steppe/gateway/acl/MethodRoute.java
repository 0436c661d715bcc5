package io.steppe.gateway.acl;

import static io.steppe.http.route.Gives.list;
import static io.steppe.http.route.Gives.one;
import static io.steppe.http.route.Trait.BLOCKING;
import static io.steppe.http.route.Trait.INDEXED;
import static io.steppe.http.route.Trait.PAGED;
import static io.steppe.rpc.Kind.CONFLICT;
import static io.steppe.rpc.Kind.INVALID;
import static io.steppe.rpc.Kind.NOT_FOUND;

import io.steppe.acl.Right;
import io.steppe.http.route.Description;
import io.steppe.http.route.Route;
import io.steppe.proto.v1.ACLAuthMethod;
import io.steppe.proto.v1.ACLAuthMethodListStub;
import io.steppe.proto.v1.ACLBindingRule;
import io.steppe.proto.v1.ACLBindingRuleListStub;
import io.steppe.proto.v1.ACLLoginRequest;
import io.steppe.proto.v1.ACLOIDCAuthURLRequest;
import io.steppe.proto.v1.ACLOIDCAuthURLResponse;
import io.steppe.proto.v1.ACLOIDCCompleteAuthRequest;
import io.steppe.proto.v1.ACLToken;

/** Routes about logging in: methods, what they bind people to, and logins themselves. */
public enum MethodRoute implements Route {
  ACL_AUTH_METHODS(
      Description.get("/v1/acl/auth-methods", "The ways to log in")
          .needs(new Right.None())
          .gives(list(ACLAuthMethodListStub.getDefaultInstance()))
          .is(INDEXED, BLOCKING, PAGED)
          .refuses(INVALID, 400)),
  ACL_AUTH_METHOD(
      Description.get("/v1/acl/auth-method/{+method_name}", "A way to log in")
          .needs(new Right.Management())
          .gives(one(ACLAuthMethod.getDefaultInstance()))
          .is(INDEXED, BLOCKING)),
  ACL_AUTH_METHOD_CREATE(
      written("/v1/acl/auth-method", "Makes a way to log in, or changes it")
          .needs(new Right.Management())
          .takes(ACLAuthMethod.getDefaultInstance())
          .gives(one(ACLAuthMethod.getDefaultInstance()))),
  ACL_AUTH_METHOD_UPDATE(
      written("/v1/acl/auth-method/{+method_name}", "Makes a way to log in, or changes it")
          .needs(new Right.Management())
          .takes(ACLAuthMethod.getDefaultInstance())
          .gives(one(ACLAuthMethod.getDefaultInstance()))),
  ACL_AUTH_METHOD_DELETE(
      Description.delete("/v1/acl/auth-method/{+method_name}", "Forgets a way to log in")
          .needs(new Right.Management())
          .is(INDEXED)
          .refuses(NOT_FOUND, 500)),
  ACL_BINDING_RULES(
      Description.get("/v1/acl/binding-rules", "What logins give")
          .needs(new Right.Management())
          .gives(list(ACLBindingRuleListStub.getDefaultInstance()))
          .is(INDEXED, BLOCKING, PAGED)
          .refuses(INVALID, 400)),
  ACL_BINDING_RULE(
      Description.get("/v1/acl/binding-rule/{+rule_id}", "A rule of what logins give")
          .needs(new Right.Management())
          .gives(one(ACLBindingRule.getDefaultInstance()))
          .is(INDEXED, BLOCKING)),
  ACL_BINDING_RULE_CREATE(
      written("/v1/acl/binding-rule", "Makes a rule of what logins give")
          .needs(new Right.Management())
          .takes(ACLBindingRule.getDefaultInstance())
          .gives(one(ACLBindingRule.getDefaultInstance()))),
  ACL_BINDING_RULE_UPDATE(
      written("/v1/acl/binding-rule/{+rule_id}", "Changes a rule of what logins give")
          .needs(new Right.Management())
          .takes(ACLBindingRule.getDefaultInstance())
          .gives(one(ACLBindingRule.getDefaultInstance()))),
  ACL_BINDING_RULE_DELETE(
      Description.delete("/v1/acl/binding-rule/{+rule_id}", "Forgets a rule of what logins give")
          .needs(new Right.Management())
          .is(INDEXED)
          .refuses(NOT_FOUND, 500)),
  ACL_LOGIN(
      written("/v1/acl/login", "Gives a token for a JWT that somebody else signed")
          .needs(new Right.None())
          .takes(ACLLoginRequest.getDefaultInstance())
          .gives(one(ACLToken.getDefaultInstance()))),
  ACL_OIDC_AUTH_URL(
      Description.write("/v1/acl/oidc/auth-url", "Where to log in at a provider")
          .needs(new Right.None())
          .takes(ACLOIDCAuthURLRequest.getDefaultInstance())
          .gives(one(ACLOIDCAuthURLResponse.getDefaultInstance()))
          .refuses(INVALID, 400)),
  ACL_OIDC_COMPLETE(
      written("/v1/acl/oidc/complete-auth", "Gives a token for a login at a provider")
          .needs(new Right.None())
          .takes(ACLOIDCCompleteAuthRequest.getDefaultInstance())
          .gives(one(ACLToken.getDefaultInstance())));

  private final Description description;

  MethodRoute(Description description) {
    this.description = description;
  }

  @Override
  public Description description() {
    return description;
  }

  private static Description written(String path, String summary) {
    return Description.write(path, summary)
        .is(INDEXED)
        .refuses(INVALID, 400)
        .refuses(CONFLICT, 400);
  }
}
