package io.steppe.tls;

import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.steppe.rpc.v1.AgentSessionGrpc;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Set;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** Lets services call everything and agents what is theirs, by what their certificates say. */
final class RoleCheck implements ServerInterceptor {
  private static final Set<String> FOR_AGENTS = Set.of(AgentSessionGrpc.SERVICE_NAME);

  private final Names names;

  RoleCheck(Names names) {
    this.names = names;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    Set<Role> roles = roles(call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION));
    if (roles.contains(Role.SERVER)
        || (roles.contains(Role.CLIENT)
            && FOR_AGENTS.contains(call.getMethodDescriptor().getServiceName()))) {
      return next.startCall(call, headers);
    }
    call.close(
        Status.PERMISSION_DENIED.withDescription(
            roles.contains(Role.CLIENT)
                ? "a certificate of an agent may not call "
                    + call.getMethodDescriptor().getServiceName()
                : "the certificate is neither for "
                    + names.of(Role.SERVER)
                    + " nor for "
                    + names.of(Role.CLIENT)),
        new Metadata());
    return new ServerCall.Listener<>() {};
  }

  private Set<Role> roles(SSLSession session) {
    if (session == null) {
      return Set.of();
    }
    try {
      Certificate[] chain = session.getPeerCertificates();
      return chain.length > 0 && chain[0] instanceof X509Certificate own
          ? names.roles(own)
          : Set.of();
    } catch (SSLPeerUnverifiedException e) {
      return Set.of();
    }
  }
}
