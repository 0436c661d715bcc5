package io.steppe.agent.fs;

import io.steppe.proto.v1.AllocFileInfo;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Files as the file system API describes them. */
final class FileInfos {
  private static final int SNIFFED = 512;
  private static final String BYTES = "application/octet-stream";
  private static final Map<String, String> BY_EXTENSION =
      Map.of(
          "json",
          "application/json",
          "js",
          "text/javascript; charset=utf-8",
          "css",
          "text/css; charset=utf-8",
          "wasm",
          "application/wasm",
          "svg",
          "image/svg+xml");

  private static final int TYPE = 0170000;
  private static final int STICKY = 01000;
  private static final int SETGID = 02000;
  private static final int SETUID = 04000;

  private FileInfos() {}

  /** An entry of a folder; links are shown, not followed. */
  static AllocFileInfo entry(Path file) throws IOException {
    return of(file, LinkOption.NOFOLLOW_LINKS).build();
  }

  /** A file with the kind of its content. */
  static AllocFileInfo described(Path file) throws IOException {
    AllocFileInfo.Builder info = of(file);
    return info.setContentType(Files.isRegularFile(file) ? contentType(file) : BYTES).build();
  }

  private static AllocFileInfo.Builder of(Path file, LinkOption... links) throws IOException {
    Map<String, Object> attributes =
        Files.readAttributes(file, "unix:mode,size,lastModifiedTime,isDirectory", links);
    FileTime modified = (FileTime) attributes.get("lastModifiedTime");
    Path name = file.getFileName();
    return AllocFileInfo.newBuilder()
        .setName(name == null ? "/" : name.toString())
        .setIsDir((Boolean) attributes.get("isDirectory"))
        .setSize((Long) attributes.get("size"))
        .setFileMode(mode((Integer) attributes.get("mode")))
        .setModTime(modified.to(TimeUnit.NANOSECONDS));
  }

  /**
   * As Go writes modes: letters for what is special, then permissions; a plain file begins with a
   * dash.
   */
  static String mode(int mode) {
    StringBuilder text = new StringBuilder();
    switch (mode & TYPE) {
      case 0040000 -> text.append('d');
      case 0120000 -> text.append('L');
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

  private static String contentType(Path file) throws IOException {
    byte[] head;
    try (InputStream in = Files.newInputStream(file)) {
      head = in.readNBytes(SNIFFED);
    }
    String sniffed = sniff(head);
    if (!sniffed.equals(BYTES)) {
      return sniffed;
    }
    String name = file.getFileName().toString();
    return BY_EXTENSION.getOrDefault(
        name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT), BYTES);
  }

  private static String sniff(byte[] head) {
    if (starts(head, 0x89, 'P', 'N', 'G')) {
      return "image/png";
    }
    if (starts(head, 'G', 'I', 'F', '8')) {
      return "image/gif";
    }
    if (starts(head, 0xff, 0xd8, 0xff)) {
      return "image/jpeg";
    }
    if (starts(head, '%', 'P', 'D', 'F', '-')) {
      return "application/pdf";
    }
    if (starts(head, 'P', 'K', 3, 4)) {
      return "application/zip";
    }
    if (starts(head, 0x1f, 0x8b, 8)) {
      return "application/x-gzip";
    }
    return markup(head);
  }

  private static String markup(byte[] head) {
    for (byte one : head) {
      boolean control =
          one >= 0
              && one < 0x20
              && one != '\t'
              && one != '\n'
              && one != '\r'
              && one != '\f'
              && one != 0x1b;
      if (control) {
        return BYTES;
      }
    }
    String text =
        new String(head, StandardCharsets.ISO_8859_1).stripLeading().toLowerCase(Locale.ROOT);
    if (text.startsWith("<!doctype html") || text.startsWith("<html")) {
      return "text/html; charset=utf-8";
    }
    return text.startsWith("<?xml") ? "text/xml; charset=utf-8" : "text/plain; charset=utf-8";
  }

  private static boolean starts(byte[] head, int... magic) {
    byte[] wanted = new byte[magic.length];
    for (int i = 0; i < magic.length; i++) {
      wanted[i] = (byte) magic[i];
    }
    return head.length >= wanted.length
        && Arrays.equals(wanted, 0, wanted.length, head, 0, wanted.length);
  }
}
