package io.steppe.gateway.acl;

import io.steppe.acl.Authenticator;
import io.steppe.acl.CompiledAcls;
import io.steppe.acl.Identity;
import io.steppe.acl.state.AclView;
import io.steppe.acl.state.SecretHash;
import io.steppe.acl.state.TokenForm;
import io.steppe.http.failure.Refusal;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import io.steppe.rpc.v1.Rights;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Knows whose a token is from the view of this replica. A secret that is not in it is looked for
 * once more at the head, so that a token made at one replica works at every other at once.
 */
@ApplicationScoped
public class TokenAuthenticator implements Authenticator {
  private final AclState state;
  private final WorkloadIdentities workloads;
  private final InstantSource clock;
  private final CompiledAcls compiled = new CompiledAcls();

  TokenAuthenticator(AclState state, WorkloadIdentities workloads, InstantSource clock) {
    this.state = state;
    this.workloads = workloads;
    this.clock = clock;
  }

  @Override
  public boolean enforced() {
    return state.isEnforced();
  }

  @Override
  public Identity authenticate(String secret) {
    if (!enforced()) {
      return Identity.UNCHECKED;
    }
    return switch (TokenForm.of(secret)) {
      case NONE -> identity(() -> state.known().view().anonymousRights());
      case SECRET -> identity(() -> token(secret));
      case IDENTITY -> workloads.identify(secret);
      case MALFORMED -> throw new Failure(Kind.UNAUTHENTICATED, TokenForm.problem(secret));
    };
  }

  @Override
  public Optional<Identity> known(String secret) {
    if (!enforced()) {
      return Optional.of(Identity.UNCHECKED);
    }
    if (!state.isReady()) {
      return Optional.empty();
    }
    AclView view = state.stale().view();
    return switch (TokenForm.of(secret)) {
      case NONE -> Optional.of(compiled.identity(view.anonymousRights()));
      case SECRET -> rights(view, SecretHash.of(secret)).map(compiled::identity);
      case IDENTITY, MALFORMED -> Optional.empty();
    };
  }

  private Identity identity(Supplier<Rights> rights) {
    try {
      return compiled.identity(rights.get());
    } catch (Failure failure) {
      throw new Refusal(500, failure.getMessage());
    }
  }

  private Rights token(String secret) {
    SecretHash hash = SecretHash.of(secret);
    return rights(state.known().view(), hash)
        .or(() -> rights(state.latest().view(), hash))
        .orElseThrow(() -> Refusal.denied());
  }

  private Optional<Rights> rights(AclView view, SecretHash hash) {
    return view.rights(hash, clock.instant());
  }
}
