package io.steppe.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * PostgreSQL's programs for this machine, unpacked from the archives that the build brings along.
 */
public final class PostgresBinaries {
  private PostgresBinaries() {}

  /**
   * The folder with {@code bin/postgres} in it, unpacked there on first use.
   *
   * @param parent folder that takes it
   */
  public static Path unpacked(Path parent) {
    String archive = archiveName();
    Path home = parent.resolve(archive.replace(".txz", ""));
    if (Files.isExecutable(home.resolve("bin/postgres"))) {
      return home;
    }
    try (InputStream resource = PostgresBinaries.class.getResourceAsStream("/" + archive)) {
      if (resource == null) {
        throw new StartFailure(
            "There is no PostgreSQL for this machine (%s) in the build: give one by --database"
                .formatted(archive));
      }
      Files.createDirectories(parent);
      // Unpacked aside and moved in one step, so that a launcher killed meanwhile leaves no half of
      // it.
      Path aside = Files.createTempDirectory(parent, "unpacking");
      Files.setPosixFilePermissions(aside, PosixFilePermissions.fromString("rwxr-xr-x"));
      unpack(resource, aside);
      try {
        Files.move(aside, home, StandardCopyOption.ATOMIC_MOVE);
      } catch (FileAlreadyExistsException anotherWasFaster) {
        return home;
      }
      return home;
    } catch (FileSystemException e) {
      if (Files.isExecutable(home.resolve("bin/postgres"))) {
        return home;
      }
      throw new StartFailure("Cannot unpack PostgreSQL into " + parent + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new StartFailure("Cannot unpack PostgreSQL into " + parent + ": " + e.getMessage(), e);
    }
  }

  private static String archiveName() {
    boolean mac = System.getProperty("os.name").startsWith("Mac");
    String arch =
        switch (System.getProperty("os.arch")) {
          case "aarch64", "arm64" -> "arm_64";
          default -> "x86_64";
        };
    if (mac) {
      return "postgres-darwin-" + arch + ".txz";
    }
    boolean musl = Files.exists(Path.of("/lib/ld-musl-x86_64.so.1"));
    return "postgres-linux-" + arch + (musl ? "-alpine_linux" : "") + ".txz";
  }

  private static void unpack(InputStream archive, Path into) throws IOException {
    try (TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(archive))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Path target = into.resolve(entry.getName()).normalize();
        if (!target.startsWith(into)) {
          throw new IOException("the archive names a path outside of it: " + entry.getName());
        }
        if (entry.isDirectory()) {
          Files.createDirectories(target);
        } else if (entry.isSymbolicLink()) {
          Files.createDirectories(target.getParent());
          Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
        } else {
          Files.createDirectories(target.getParent());
          Files.copy(tar, target, StandardCopyOption.REPLACE_EXISTING);
          Files.setPosixFilePermissions(target, permissions(entry.getMode()));
        }
      }
    }
  }

  private static Set<PosixFilePermission> permissions(int mode) {
    Set<PosixFilePermission> set = new HashSet<>(PosixFilePermissions.fromString("rw-r--r--"));
    if ((mode & 0100) != 0) {
      set.addAll(PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    return set;
  }
}
