package io.steppe.alloc.identity;

import io.steppe.alloc.view.AllocView;
import io.steppe.alloc.view.JobKey;
import io.steppe.ledger.seal.CannotOpenException;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.Task;
import io.steppe.proto.v1.WorkloadIdentity;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.IdentifyReply;
import io.steppe.rpc.v1.SignReply.Signed;
import io.steppe.rpc.v1.SignRequest.Wish;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;

/**
 * Who a task is: claims as Nomad has them, signed when its agent asks.
 *
 * @param issuer the cluster's address as others know it, if it is told
 */
public record WorkloadIdentities(
    Keyring keyring, String region, Optional<String> issuer, Supplier<UUID> ids) {
  /** Whom an identity is for that names nobody else: this cluster. */
  static final String CLUSTER = "nomadproject.io";

  private static final String DEFAULT = "default";
  private static final Set<String> OVER = Set.of("complete", "failed", "lost");

  /** Signs one, or says why not. */
  Signed sign(AllocView view, String nodeId, Wish wish, Instant now) {
    Optional<Allocation> allocation =
        view.allocation(wish.getAllocId()).filter(one -> one.getNodeId().equals(nodeId));
    if (allocation.isEmpty()) {
      return rejected("allocation not found on this node");
    }
    if (over(allocation.get())) {
      return rejected("allocation is terminal");
    }
    Optional<WorkloadIdentity> identity =
        job(view, allocation.get())
            .flatMap(job -> task(job, allocation.get(), wish.getTask()))
            .flatMap(task -> identity(task, wish.getName()));
    var key = Keyring.active(view);
    if (identity.isEmpty()) {
      return rejected("identity not found");
    }
    if (key.isEmpty()) {
      return rejected("there is no key to sign with");
    }
    JwtClaims claims = claims(allocation.get(), wish.getTask(), identity.get(), now);
    long ttl = identity.get().getTtl();
    try {
      return Signed.newBuilder()
          .setJwt(Jwts.sign(claims, key.get(), keyring))
          .setExpires(ttl > 0 ? TimeUnit.SECONDS.toNanos(expiry(now, ttl)) : 0)
          .build();
    } catch (CannotOpenException e) {
      return rejected(e.getMessage());
    }
  }

  /**
   * Whom an identity is of.
   *
   * @throws Failure DENIED for one that is none, or whose allocation is over
   */
  IdentifyReply identify(AllocView view, String jwt, Instant now) {
    JwtClaims claims = Jwts.read(jwt, CLUSTER, view, now);
    String id = claims.getClaimValueAsString("nomad_allocation_id");
    Allocation allocation =
        Optional.ofNullable(id)
            .flatMap(view::allocation)
            .filter(one -> !over(one))
            .orElseThrow(() -> Failure.denied("Permission denied"));
    return IdentifyReply.newBuilder()
        .setNamespace(allocation.getNamespace())
        .setJobId(allocation.getJobId())
        .setTaskGroup(allocation.getTaskGroup())
        .setTask(String.valueOf(claims.getClaimValueAsString("nomad_task")))
        .setAllocId(allocation.getId())
        .setExpires(expires(claims))
        .build();
  }

  private static long expires(JwtClaims claims) {
    try {
      NumericDate end = claims.getExpirationTime();
      return end == null ? 0 : TimeUnit.SECONDS.toNanos(end.getValue());
    } catch (MalformedClaimException e) {
      throw Failure.denied("Permission denied");
    }
  }

  private JwtClaims claims(
      Allocation allocation, String task, WorkloadIdentity identity, Instant now) {
    JwtClaims claims = new JwtClaims();
    issuer.ifPresent(claims::setIssuer);
    List<String> audience =
        identity.getAudienceCount() > 0 ? identity.getAudienceList() : List.of(CLUSTER);
    if (audience.size() == 1) {
      claims.setAudience(audience.getFirst());
    } else {
      claims.setAudience(audience);
    }
    NumericDate begin = NumericDate.fromSeconds(now.getEpochSecond());
    claims.setIssuedAt(begin);
    claims.setNotBefore(begin);
    if (identity.getTtl() > 0) {
      claims.setExpirationTime(NumericDate.fromSeconds(expiry(now, identity.getTtl())));
    }
    claims.setJwtId(ids.get().toString());
    claims.setSubject(
        String.join(
            ":",
            region,
            allocation.getNamespace(),
            allocation.getJobId(),
            allocation.getTaskGroup(),
            task,
            identity.getName().isEmpty() ? DEFAULT : identity.getName()));
    claims.setStringClaim("nomad_namespace", allocation.getNamespace());
    claims.setStringClaim("nomad_job_id", allocation.getJobId());
    claims.setStringClaim("nomad_allocation_id", allocation.getId());
    claims.setStringClaim("nomad_task", task);
    return claims;
  }

  private static long expiry(Instant now, long ttlNanos) {
    return now.getEpochSecond() + Math.max(1, TimeUnit.NANOSECONDS.toSeconds(ttlNanos));
  }

  private static boolean over(Allocation allocation) {
    return OVER.contains(allocation.getClientStatus());
  }

  private static Optional<Job> job(AllocView view, Allocation allocation) {
    return view.version(JobKey.of(allocation), allocation.getJobVersion());
  }

  private static Optional<Task> task(Job job, Allocation allocation, String name) {
    return job.getTaskGroupsList().stream()
        .filter(group -> group.getName().equals(allocation.getTaskGroup()))
        .flatMap(group -> group.getTasksList().stream())
        .filter(task -> task.getName().equals(name))
        .findFirst();
  }

  private static Optional<WorkloadIdentity> identity(Task task, String name) {
    return name.isEmpty() || name.equals(DEFAULT)
        ? Optional.of(task.getIdentity())
        : task.getIdentitiesList().stream().filter(one -> one.getName().equals(name)).findFirst();
  }

  private static Signed rejected(String why) {
    return Signed.newBuilder().setRejection(why).build();
  }
}
