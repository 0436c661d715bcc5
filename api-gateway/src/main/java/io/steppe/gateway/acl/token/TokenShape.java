package io.steppe.gateway.acl.token;

import io.steppe.acl.state.AclView;
import io.steppe.proto.v1.ACLToken;
import io.steppe.proto.v1.ACLTokenListStub;
import io.steppe.proto.v1.ACLTokenRoleLink;
import java.util.List;

/** How tokens are shown: never with their secret, and with the roles there are. */
final class TokenShape {
  private TokenShape() {}

  /** The token, without its secret. */
  static ACLToken shown(AclView view, ACLToken token) {
    List<ACLTokenRoleLink> links =
        token.getRolesList().stream()
            .flatMap(link -> view.role(link.getId()).stream())
            .map(
                role ->
                    ACLTokenRoleLink.newBuilder()
                        .setId(role.getId())
                        .setName(role.getName())
                        .build())
            .toList();
    return token.toBuilder().clearSecretId().clearRoles().addAllRoles(links).build();
  }

  /** The token in a list. */
  static ACLTokenListStub stub(ACLToken token) {
    return ACLTokenListStub.newBuilder()
        .setAccessorId(token.getAccessorId())
        .setName(token.getName())
        .setType(token.getType())
        .addAllPolicies(token.getPoliciesList())
        .addAllRoles(token.getRolesList())
        .setGlobal(token.getGlobal())
        .setCreateTime(token.getCreateTime())
        .setExpirationTime(token.getExpirationTime())
        .setCreateIndex(token.getCreateIndex())
        .setModifyIndex(token.getModifyIndex())
        .build();
  }
}
