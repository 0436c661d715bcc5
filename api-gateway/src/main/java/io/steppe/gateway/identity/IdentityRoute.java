package io.steppe.gateway.identity;

import static io.steppe.http.route.Gives.list;
import static io.steppe.http.route.Gives.one;
import static io.steppe.rpc.Kind.CONFLICT;
import static io.steppe.rpc.Kind.NOT_FOUND;

import io.steppe.acl.Access;
import io.steppe.acl.Right;
import io.steppe.http.route.Description;
import io.steppe.http.route.Gives;
import io.steppe.http.route.Route;
import io.steppe.proto.v1.ClientIntroductionRequest;
import io.steppe.proto.v1.ClientIntroductionResponse;
import io.steppe.proto.v1.KeyringRotateResponse;
import io.steppe.proto.v1.OpenIdConfiguration;
import io.steppe.proto.v1.RootKeyMeta;

/** Routes about identities of tasks, the keys they are signed with, and introductions of nodes. */
public enum IdentityRoute implements Route {
  PUBLIC_KEYS(
      Description.get("/.well-known/jwks.json", "The keys that identities of tasks are checked by")
          .needs(new Right.None())
          .gives(new Gives.Json("A JSON Web Key Set"))),
  OPENID_CONFIGURATION(
      Description.get(
              "/.well-known/openid-configuration",
              "Who issues identities of tasks, where that is set")
          .needs(new Right.None())
          .gives(one(OpenIdConfiguration.getDefaultInstance()))
          .refuses(NOT_FOUND, 404, "OIDC Discovery endpoint disabled")),
  KEYRING_KEYS(
      Description.get("/v1/operator/keyring/keys", "The keys that identities are signed with")
          .needs(new Right.Management())
          .gives(list(RootKeyMeta.getDefaultInstance()))),
  KEYRING_ROTATE(
      Description.write("/v1/operator/keyring/rotate", "Has a new key sign from now on")
          .needs(new Right.Management())
          .gives(one(KeyringRotateResponse.getDefaultInstance()))
          .refuses(CONFLICT, 500)),
  KEYRING_DELETE(
      Description.delete(
              "/v1/operator/keyring/key/{key_id}", "Forgets a key that does not sign any more")
          .needs(new Right.Management())
          .refuses(NOT_FOUND, 500)
          .refuses(CONFLICT, 500)),
  CLIENT_INTRODUCTION(
      Description.write(
              "/v1/acl/identity/client-introduction-token",
              "Makes a token that introduces one node that is not known")
          .needs(new Right.Node(Access.WRITE))
          .takes(ClientIntroductionRequest.getDefaultInstance())
          .gives(one(ClientIntroductionResponse.getDefaultInstance())));

  private final Description description;

  IdentityRoute(Description description) {
    this.description = description;
  }

  @Override
  public Description description() {
    return description;
  }
}
