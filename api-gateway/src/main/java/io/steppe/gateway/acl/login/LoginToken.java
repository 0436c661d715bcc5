package io.steppe.gateway.acl.login;

import io.steppe.acl.state.AclView;
import io.steppe.acl.state.SecretHash;
import io.steppe.gateway.acl.AclChanges;
import io.steppe.gateway.acl.binding.Bound;
import io.steppe.gateway.acl.binding.Claims;
import io.steppe.ledger.Decision;
import io.steppe.ledger.Outcome;
import io.steppe.proto.v1.ACLAuthMethod;
import io.steppe.proto.v1.ACLRole;
import io.steppe.proto.v1.ACLToken;
import io.steppe.proto.v1.ACLTokenRoleLink;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.StoredAuthMethod;
import io.steppe.rpc.v1.StoredToken;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Somebody who logged in is given a token, of what the binding rules give. Its answer is the token
 * without its secret.
 */
record LoginToken(String method, Claims claims, String accessorId, SecretHash secret)
    implements Decision<AclView, ACLToken> {
  private static final int LONGEST_NAME = 256;

  @Override
  public Outcome<ACLToken> decide(AclView view, long index, Instant now) {
    ACLAuthMethod by =
        view.method(method)
            .map(StoredAuthMethod::getMethod)
            .orElseThrow(() -> Failure.invalid("auth-method \"" + method + "\" not found"));
    Bound bound = Bound.of(view, method, claims);
    if (bound.isNothing()) {
      throw Failure.invalid("no role or policy bindings matched");
    }
    long nanos = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    ACLToken.Builder token =
        ACLToken.newBuilder()
            .setAccessorId(accessorId)
            .setName(name(by))
            .setGlobal(by.getTokenLocality().equals("global"))
            .setCreateTime(nanos)
            .setExpirationTtl(by.getMaxTokenTtl())
            .setExpirationTime(nanos + by.getMaxTokenTtl())
            .setCreateIndex(index)
            .setModifyIndex(index);
    if (bound.management()) {
      token.setType(AclView.MANAGEMENT);
    } else {
      token.setType("client").addAllPolicies(bound.policies());
      bound.roles().values().forEach(role -> token.addRoles(link(role)));
    }
    ACLToken made = token.build();
    return new Outcome.Commit<>(
        List.of(
            AclChanges.put(
                StoredToken.newBuilder().setToken(made).setSecretHash(secret.sha256()).build())),
        made);
  }

  private String name(ACLAuthMethod by) {
    String name =
        claims
            .filled(
                by.getTokenNameFormat(),
                Map.of("auth_method_type", by.getType(), "auth_method_name", by.getName()))
            .orElse(by.getType() + "-" + by.getName());
    return name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME) : name;
  }

  private static ACLTokenRoleLink link(ACLRole role) {
    return ACLTokenRoleLink.newBuilder().setId(role.getId()).setName(role.getName()).build();
  }
}
