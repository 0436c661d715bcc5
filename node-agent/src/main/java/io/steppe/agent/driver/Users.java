package io.steppe.agent.driver;

import io.steppe.agent.task.StartFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs commands as another user of the machine. */
final class Users {
  private static final long SECONDS = 10;

  private Users() {}

  /**
   * What stands before a command so that it runs as a user with the user's groups; nothing when
   * that is the agent's own.
   *
   * @param user a name; empty for the agent's own
   * @throws StartFailure when the machine has no such user, or the agent may not become it
   */
  static List<String> prefix(String user) throws StartFailure {
    if (user.isEmpty() || user.equals(System.getProperty("user.name"))) {
      return List.of();
    }
    Identity identity = identity(user);
    return List.of(
        tool(), "--reuid", identity.uid(), "--regid", identity.gid(), "--init-groups", "--");
  }

  /** A user's numbers. */
  record Identity(String uid, String gid, List<String> groups) {}

  /**
   * Looks a user up.
   *
   * @throws StartFailure when the machine has no such user
   */
  static Identity identity(String user) throws StartFailure {
    if (user.startsWith("-") || user.indexOf('\0') >= 0) {
      throw new StartFailure("failed to launch command: unknown user " + user, false);
    }
    return new Identity(
        ask("id", "-u", user), ask("id", "-g", user), List.of(ask("id", "-G", user).split(" ")));
  }

  private static String tool() throws StartFailure {
    return Commands.find("setpriv", Path.of("/"), System.getenv("PATH"))
        .orElseThrow(
            () ->
                new StartFailure(
                    "failed to launch command: the machine has no setpriv to change users with",
                    false))
        .toString();
  }

  private static String ask(String... command) throws StartFailure {
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      String answer =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new StartFailure(
            "failed to launch command: unknown user " + command[command.length - 1], false);
      }
      return answer;
    } catch (IOException e) {
      throw new StartFailure("failed to launch command: " + e.getMessage(), false);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartFailure("interrupted while the command was launched", true);
    }
  }
}
