package io.steppe.agent.driver;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What isolated tasks of this machine see and may do.
 *
 * @param chroot folders and files of the machine to places in the task's root, read-only there;
 *     what the machine lacks is left out
 * @param allowedCapabilities in lower case without prefix
 * @param deniedUsers whom no isolated task runs as
 * @param user whom a task runs as that names nobody
 * @param pids processes and threads of a task, unless it says
 * @param java the Java of {@code java} tasks; looked for in PATH and JAVA_HOME when empty
 */
public record ExecSettings(
    Map<String, String> chroot,
    Set<String> allowedCapabilities,
    Set<String> deniedUsers,
    String user,
    int pids,
    Optional<Path> java) {
  /** The folders that hold programs and what they need. */
  public static final List<String> CHROOT =
      List.of(
          "/bin",
          "/etc",
          "/lib",
          "/lib32",
          "/lib64",
          "/run/resolvconf",
          "/run/systemd/resolve",
          "/sbin",
          "/usr");

  public static final String CAPABILITIES =
      "audit_write,chown,dac_override,fowner,fsetid,kill,mknod,net_bind_service,setfcap,setgid,setpcap,setuid,sys_chroot";

  /** The settings of an agent that sets nothing. */
  public static ExecSettings defaults() {
    Map<String, String> same = new TreeMap<>();
    CHROOT.forEach(folder -> same.put(folder, folder));
    return new ExecSettings(
        same, Set.of(CAPABILITIES.split(",")), Set.of("root"), "nobody", 4096, Optional.empty());
  }
}
