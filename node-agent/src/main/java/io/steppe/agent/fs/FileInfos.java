package io.steppe.agent.fs;

import io.steppe.proto.v1.AllocFileInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Files as the file system API describes them. */
final class FileInfos {
  private static final int TYPE = 0170000;
  private static final int FOLDER = 0040000;
  private static final int LINK = 0120000;
  private static final int PLAIN = 0100000;
  private static final int STICKY = 01000;
  private static final int SETGID = 02000;
  private static final int SETUID = 04000;

  private FileInfos() {}

  /**
   * A file without the kind of its content.
   *
   * @param real where it was found
   * @param attributes of the file itself; a link is not followed
   */
  static AllocFileInfo of(String name, Path real, PosixFileAttributes attributes) {
    return AllocFileInfo.newBuilder()
        .setName(name)
        .setIsDir(attributes.isDirectory())
        .setSize(attributes.size())
        .setFileMode(mode(modeBits(real, attributes)))
        .setModTime(attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS))
        .build();
  }

  /**
   * All bits of the mode. They are only told by path, so that counts if it leads to the same file.
   */
  private static int modeBits(Path real, PosixFileAttributes attributes) {
    try {
      Map<String, Object> all =
          Files.readAttributes(real, "unix:mode,fileKey", LinkOption.NOFOLLOW_LINKS);
      if (attributes.fileKey().equals(all.get("fileKey"))) {
        return (Integer) all.get("mode");
      }
    } catch (IOException e) {
      return knownBits(attributes);
    }
    return knownBits(attributes);
  }

  private static int knownBits(PosixFileAttributes attributes) {
    int bits = PLAIN;
    if (attributes.isDirectory()) {
      bits = FOLDER;
    } else if (attributes.isSymbolicLink()) {
      bits = LINK;
    }
    for (PosixFilePermission permission : attributes.permissions()) {
      bits |= 0400 >> permission.ordinal();
    }
    return bits;
  }

  /**
   * As Go writes modes: letters for what is special, then permissions; a plain file begins with a
   * dash.
   */
  static String mode(int mode) {
    StringBuilder text = new StringBuilder();
    switch (mode & TYPE) {
      case FOLDER -> text.append('d');
      case LINK -> text.append('L');
      case 0060000 -> text.append('D');
      case 0010000 -> text.append('p');
      case 0140000 -> text.append('S');
      case 0020000 -> text.append("Dc");
      default -> {}
    }
    text.append((mode & SETUID) != 0 ? "u" : "")
        .append((mode & SETGID) != 0 ? "g" : "")
        .append((mode & STICKY) != 0 ? "t" : "");
    if (text.isEmpty()) {
      text.append('-');
    }
    String letters = "rwxrwxrwx";
    for (int bit = 0; bit < letters.length(); bit++) {
      text.append((mode & (0400 >> bit)) != 0 ? letters.charAt(bit) : '-');
    }
    return text.toString();
  }
}
