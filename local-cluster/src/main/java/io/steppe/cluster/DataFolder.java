package io.steppe.cluster;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Properties;

/**
 * Where one cluster keeps what must survive it. docs/running.md tells what lies where.
 *
 * @param root of the folder, absolute
 */
public record DataFolder(Path root) {
  /** Version of the layout: another one is refused, never converted unseen. */
  public static final String VERSION = "1";

  private static final SecureRandom RANDOM = new SecureRandom();

  public DataFolder {
    root = root.toAbsolutePath().normalize();
  }

  /**
   * Whether somebody else's data is called so. Certificates and secrets may lie there before the
   * first start, for a cluster that shares them with another.
   */
  private static boolean isForeign(String name) {
    return !name.equals("tls") && !name.equals("secrets.properties");
  }

  /** Makes the folder if there is none, and refuses one of another version or of something else. */
  public void prepare() {
    try {
      if (Files.exists(root) && !Files.isDirectory(root)) {
        throw new StartFailure(root + " is not a folder");
      }
      Files.createDirectories(root);
      Path version = root.resolve("version");
      if (Files.exists(version)) {
        String found = Files.readString(version).strip();
        if (!found.equals(VERSION)) {
          throw new StartFailure(
              "The data folder %s is of version %s, this Steppe reads version %s: give another --data-dir"
                  .formatted(root, found, VERSION));
        }
      } else {
        try (var entries = Files.list(root)) {
          if (entries
              .map(entry -> entry.getFileName().toString())
              .anyMatch(DataFolder::isForeign)) {
            throw new StartFailure(
                root + " holds something else than Steppe's data: give another --data-dir");
          }
        }
        write(version, VERSION + "\n", "rw-r--r--");
      }
      Files.createDirectories(run());
      Files.createDirectories(logs());
    } catch (IOException e) {
      throw new StartFailure("Cannot write to the data folder " + root + ": " + reason(e), e);
    }
  }

  /** Whether there is a data folder of this version. */
  public boolean exists() {
    return Files.isDirectory(run());
  }

  /** Pids of what runs. */
  public Path run() {
    return root.resolve("run");
  }

  public Path logs() {
    return root.resolve("logs");
  }

  public Path log(String name, int replica) {
    return logs().resolve(name + "-" + replica + ".log");
  }

  public Path launcherLog() {
    return logs().resolve("launcher.log");
  }

  public Path postgres() {
    return root.resolve("postgresql");
  }

  /** Certificates made by {@code --tls}. */
  public Path tls() {
    return root.resolve("tls");
  }

  /** One agent's folder: its identity, its allocations. */
  public Path agent(int replica) {
    return root.resolve("agents").resolve("agent-" + replica);
  }

  /** Set once the ready line of this run was printed. */
  public Path readyMark() {
    return run().resolve("ready");
  }

  /**
   * The one launcher of this folder, or empty when another holds it. The lock ends with the
   * process.
   */
  public Optional<FileLock> lock() {
    try {
      FileChannel channel =
          FileChannel.open(
              run().resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock == null) {
        channel.close();
      }
      return Optional.ofNullable(lock);
    } catch (OverlappingFileLockException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new StartFailure("Cannot lock the data folder " + root + ": " + reason(e), e);
    }
  }

  /** The secret of that name, made on first use, readable by its owner only. */
  public String secret(String name) {
    return secret(name, 24);
  }

  /** The key that secrets are sealed with before they are stored, as services take it. */
  public String sealKey() {
    byte[] key = HexFormat.of().parseHex(secret("seal-key", 32));
    return "local:" + Base64.getEncoder().encodeToString(key);
  }

  private String secret(String name, int length) {
    Properties secrets = properties("secrets");
    String known = secrets.getProperty(name);
    if (known != null) {
      return known;
    }
    byte[] bytes = new byte[length];
    RANDOM.nextBytes(bytes);
    String made = HexFormat.of().formatHex(bytes);
    secrets.setProperty(name, made);
    store("secrets", secrets, "rw-------");
    return made;
  }

  /** The stored properties of that name; empty when there are none. */
  public Properties properties(String name) {
    Properties properties = new Properties();
    try (var in = Files.newBufferedReader(root.resolve(name + ".properties"))) {
      properties.load(in);
    } catch (NoSuchFileException none) {
      return properties;
    } catch (IOException e) {
      throw new StartFailure(
          "Cannot read " + root.resolve(name + ".properties") + ": " + reason(e), e);
    }
    return properties;
  }

  /** Replaces the stored properties of that name in one step. */
  public void store(String name, Properties properties, String permissions) {
    StringBuilder text = new StringBuilder();
    properties.stringPropertyNames().stream()
        .sorted()
        .forEach(
            key -> text.append(key).append('=').append(properties.getProperty(key)).append('\n'));
    try {
      write(root.resolve(name + ".properties"), text.toString(), permissions);
    } catch (IOException e) {
      throw new StartFailure(
          "Cannot write " + root.resolve(name + ".properties") + ": " + reason(e), e);
    }
  }

  static void write(Path file, String text, String permissions) throws IOException {
    Path draft = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(draft);
    try {
      Files.createFile(
          draft,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)));
    } catch (FileAlreadyExistsException e) {
      throw new IOException("another launcher writes " + file, e);
    }
    Files.writeString(draft, text, StandardOpenOption.WRITE, StandardOpenOption.SYNC);
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static String reason(IOException e) {
    return e.getClass().getSimpleName() + " " + e.getMessage();
  }
}
