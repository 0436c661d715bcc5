package io.steppe.gateway.acl;

import static io.steppe.http.route.Gives.list;
import static io.steppe.http.route.Gives.one;
import static io.steppe.http.route.Parameter.flag;
import static io.steppe.http.route.Trait.BLOCKING;
import static io.steppe.http.route.Trait.INDEXED;
import static io.steppe.http.route.Trait.PAGED;
import static io.steppe.rpc.Kind.CONFLICT;
import static io.steppe.rpc.Kind.INVALID;
import static io.steppe.rpc.Kind.NOT_FOUND;

import io.steppe.acl.Right;
import io.steppe.http.route.Description;
import io.steppe.http.route.Route;
import io.steppe.proto.v1.ACLPolicy;
import io.steppe.proto.v1.ACLPolicyListStub;
import io.steppe.proto.v1.ACLRole;
import io.steppe.proto.v1.ACLToken;
import io.steppe.proto.v1.ACLTokenListStub;
import io.steppe.proto.v1.BootstrapRequest;
import io.steppe.proto.v1.OneTimeTokenExchangeRequest;
import io.steppe.proto.v1.OneTimeTokenExchangeResponse;
import io.steppe.proto.v1.OneTimeTokenUpsertResponse;

/** Routes about tokens, policies and roles. All refuse with 400 where rights are not asked for. */
public enum AclRoute implements Route {
  ACL_BOOTSTRAP(
      written("/v1/acl/bootstrap", "Makes the first management token, once")
          .needs(new Right.None())
          .takes(BootstrapRequest.getDefaultInstance())
          .gives(one(ACLToken.getDefaultInstance()))),
  ACL_POLICIES(
      Description.get("/v1/acl/policies", "The policies that may be seen")
          .needs(new Right.Depends("Management sees all, others those of their token"))
          .gives(list(ACLPolicyListStub.getDefaultInstance()))
          .is(INDEXED, BLOCKING, PAGED)
          .refuses(INVALID, 400)),
  ACL_POLICY_SELF(
      Description.get("/v1/acl/policy/self", "The policies of the token that asks")
          .needs(new Right.AnyToken())
          .gives(list(ACLPolicyListStub.getDefaultInstance()))
          .is(INDEXED, BLOCKING, PAGED)
          .refuses(INVALID, 400)),
  ACL_POLICY(
      Description.get("/v1/acl/policy/{+policy_name}", "A policy")
          .needs(new Right.Depends("Management, or a token that has the policy"))
          .gives(one(ACLPolicy.getDefaultInstance()))
          .is(INDEXED, BLOCKING)),
  ACL_POLICY_UPSERT(
      written("/v1/acl/policy/{+policy_name}", "Makes a policy, or changes it")
          .needs(new Right.Management())
          .takes(ACLPolicy.getDefaultInstance())),
  ACL_POLICY_DELETE(
      Description.delete("/v1/acl/policy/{+policy_name}", "Forgets a policy")
          .needs(new Right.Management())
          .is(INDEXED)),
  ACL_TOKENS(
      Description.get("/v1/acl/tokens", "The tokens, without their secrets")
          .needs(new Right.Management())
          .takes(flag("global", "Only those that are good in every region"))
          .gives(list(ACLTokenListStub.getDefaultInstance()))
          .is(INDEXED, BLOCKING, PAGED)
          .refuses(INVALID, 400)),
  ACL_TOKEN_CREATE(
      written("/v1/acl/token", "Makes a token; only this answer has its secret")
          .needs(new Right.Management())
          .takes(ACLToken.getDefaultInstance())
          .gives(one(ACLToken.getDefaultInstance()))),
  ACL_TOKEN_SELF(
      Description.get("/v1/acl/token/self", "The token that asks")
          .needs(new Right.Depends("None, but a token that is shown has to be one"))
          .gives(one(ACLToken.getDefaultInstance()))
          .is(INDEXED, BLOCKING)
          .readsTokens(500, "%s")),
  ACL_TOKEN(
      Description.get("/v1/acl/token/{+accessor_id}", "A token, without its secret")
          .needs(new Right.Depends("Management, or the token itself"))
          .gives(one(ACLToken.getDefaultInstance()))
          .is(INDEXED, BLOCKING)),
  ACL_TOKEN_UPDATE(
      written("/v1/acl/token/{+accessor_id}", "Changes a token, or makes one under given ids")
          .needs(new Right.Management())
          .takes(ACLToken.getDefaultInstance())
          .gives(one(ACLToken.getDefaultInstance()))),
  ACL_TOKEN_DELETE(
      Description.delete("/v1/acl/token/{+accessor_id}", "Forgets a token")
          .needs(new Right.Management())
          .is(INDEXED)
          .refuses(INVALID, 400)),
  ACL_TOKEN_ONE_TIME(
      written("/v1/acl/token/onetime", "Makes a one-time token of the token that asks")
          .needs(new Right.AnyToken())
          .gives(one(OneTimeTokenUpsertResponse.getDefaultInstance()))),
  ACL_TOKEN_EXCHANGE(
      written("/v1/acl/token/onetime/exchange", "Gives the token for a one-time token")
          .needs(new Right.None())
          .takes(OneTimeTokenExchangeRequest.getDefaultInstance())
          .gives(one(OneTimeTokenExchangeResponse.getDefaultInstance()))),
  ACL_ROLES(
      Description.get("/v1/acl/roles", "The roles that may be seen")
          .needs(new Right.Depends("Management sees all, others those of their token"))
          .gives(list(ACLRole.getDefaultInstance()))
          .is(INDEXED, BLOCKING, PAGED)
          .refuses(INVALID, 400)),
  ACL_ROLE_CREATE(
      written("/v1/acl/role", "Makes a role")
          .needs(new Right.Management())
          .takes(ACLRole.getDefaultInstance())
          .gives(one(ACLRole.getDefaultInstance()))),
  ACL_ROLE_NAMED(
      Description.get("/v1/acl/role/name/{+role_name}", "The role of a name")
          .needs(new Right.Depends("Management, or a token that has the role"))
          .gives(one(ACLRole.getDefaultInstance()))
          .is(INDEXED, BLOCKING)),
  ACL_ROLE(
      Description.get("/v1/acl/role/{+role_id}", "A role")
          .needs(new Right.Depends("Management, or a token that has the role"))
          .gives(one(ACLRole.getDefaultInstance()))
          .is(INDEXED, BLOCKING)),
  ACL_ROLE_UPDATE(
      written("/v1/acl/role/{+role_id}", "Changes a role")
          .needs(new Right.Management())
          .takes(ACLRole.getDefaultInstance())
          .gives(one(ACLRole.getDefaultInstance()))),
  ACL_ROLE_DELETE(
      Description.delete("/v1/acl/role/{+role_id}", "Forgets a role")
          .needs(new Right.Management())
          .is(INDEXED)
          .refuses(NOT_FOUND, 500));

  private final Description description;

  AclRoute(Description description) {
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
