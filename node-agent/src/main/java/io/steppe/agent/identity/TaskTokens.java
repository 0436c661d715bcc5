package io.steppe.agent.identity;

import io.steppe.agent.task.StartFailure;
import io.steppe.proto.v1.Task;
import io.steppe.proto.v1.WorkloadIdentity;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.SignReply.Signed;
import io.steppe.rpc.v1.SignRequest.Wish;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The identities of one task: signed before it starts, followed by others before they end.
 *
 * @param allocation its id
 * @param task as the job has it
 * @param home the agent's own folder for the task
 * @param folder the task's folder
 */
public record TaskTokens(
    String allocation, Task task, Path home, Path folder, Signer signer, InstantSource clock) {
  private static final String DEFAULT = "default";

  /** An identity that was followed by another, and what its task is to notice of that. */
  public record Renewed(String name, Change change) {}

  /** What happens to a task with a new identity. */
  public sealed interface Change {
    record Nothing() implements Change {}

    record Restart() implements Change {}

    record Signal(String signal) implements Change {}
  }

  /**
   * Has what is missing or half over signed, and writes the files.
   *
   * @return the variables that the task's environment has more
   * @throws StartFailure when the task can't have an identity that it asks for; trying again may
   *     help
   */
  public Map<String, String> take() throws StartFailure {
    try {
      renew();
    } catch (Failure failure) {
      if (wanted().stream().anyMatch(one -> usable(one).isEmpty())) {
        throw new StartFailure("failed to sign identities: " + failure.getMessage(), true);
      }
    }
    Map<String, String> variables = new LinkedHashMap<>();
    for (WorkloadIdentity identity : wanted()) {
      Token token =
          usable(identity)
              .orElseThrow(() -> new StartFailure("identity " + name(identity) + " is lost", true));
      try {
        write(identity, token);
      } catch (IOException e) {
        throw new StartFailure(
            "failed to write identity " + name(identity) + ": " + e.getMessage(), true);
      }
      if (identity.getEnv()) {
        variables.put(variable(identity), token.jwt());
      }
    }
    return variables;
  }

  /** The variables of a task that runs already. */
  public Map<String, String> kept() {
    Map<String, String> variables = new LinkedHashMap<>();
    wanted().stream()
        .filter(WorkloadIdentity::getEnv)
        .forEach(
            one ->
                new KeptTokens(home)
                    .get(name(one))
                    .ifPresent(token -> variables.put(variable(one), token.jwt())));
    return variables;
  }

  /** When the first of them should be followed by another; {@link Instant#MAX} for never. */
  public Instant nextRenewal() {
    return wanted().stream()
        .map(one -> new KeptTokens(home).get(name(one)).map(Token::renewal).orElse(Instant.MIN))
        .min(Instant::compareTo)
        .orElse(Instant.MAX);
  }

  /**
   * Has those signed anew that are missing or near their end, and writes their files.
   *
   * @throws Failure when that did not work; those in use stay
   */
  public List<Renewed> renew() {
    List<WorkloadIdentity> due = wanted().stream().filter(this::due).toList();
    if (due.isEmpty()) {
      return List.of();
    }
    List<Signed> signed =
        signer.sign(
            due.stream()
                .map(
                    one ->
                        Wish.newBuilder()
                            .setAllocId(allocation)
                            .setTask(task.getName())
                            .setName(name(one))
                            .build())
                .toList());
    List<Renewed> renewed = new ArrayList<>();
    for (int i = 0; i < due.size(); i++) {
      renewed.add(renewed(due.get(i), signed.get(i)));
    }
    return renewed;
  }

  private Renewed renewed(WorkloadIdentity identity, Signed signed) {
    if (!signed.getRejection().isEmpty()) {
      throw Failure.conflict(signed.getRejection());
    }
    Instant end =
        signed.getExpires() == 0
            ? Instant.MAX
            : Instant.ofEpochSecond(TimeUnit.NANOSECONDS.toSeconds(signed.getExpires()));
    Token token = new Token(signed.getJwt(), clock.instant(), end);
    try {
      new KeptTokens(home).put(name(identity), token);
      write(identity, token);
    } catch (IOException e) {
      throw Failure.unavailable("identity " + name(identity) + " is not kept: " + e.getMessage());
    }
    return new Renewed(name(identity), change(identity));
  }

  private static Change change(WorkloadIdentity identity) {
    return switch (identity.getChangeMode()) {
      case "restart" -> new Change.Restart();
      case "signal" -> new Change.Signal(identity.getChangeSignal());
      default -> new Change.Nothing();
    };
  }

  private boolean due(WorkloadIdentity identity) {
    return new KeptTokens(home)
        .get(name(identity))
        .filter(token -> token.renewal().isAfter(clock.instant()))
        .isEmpty();
  }

  private Optional<Token> usable(WorkloadIdentity identity) {
    return new KeptTokens(home)
        .get(name(identity))
        .filter(token -> token.expires().isAfter(clock.instant()));
  }

  private void write(WorkloadIdentity identity, Token token) throws IOException {
    if (identity.getFile()) {
      TokenFile.write(folder, path(identity), token.jwt());
    }
  }

  /** Those that the task gets to see. */
  private List<WorkloadIdentity> wanted() {
    return Stream.concat(Stream.of(task.getIdentity()), task.getIdentitiesList().stream())
        .filter(one -> one.getEnv() || one.getFile())
        .toList();
  }

  private static String name(WorkloadIdentity identity) {
    return identity.getName().isEmpty() ? DEFAULT : identity.getName();
  }

  private static String variable(WorkloadIdentity identity) {
    return name(identity).equals(DEFAULT) ? "NOMAD_TOKEN" : "NOMAD_TOKEN_" + name(identity);
  }

  private static String path(WorkloadIdentity identity) {
    if (!identity.getFilepath().isEmpty()) {
      return identity.getFilepath();
    }
    return name(identity).equals(DEFAULT)
        ? "secrets/nomad_token"
        : "secrets/nomad_" + name(identity) + ".jwt";
  }
}
