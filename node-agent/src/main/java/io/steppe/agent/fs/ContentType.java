package io.steppe.agent.fs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The kind of a file's content, told by its first 512 bytes and then by its name. */
final class ContentType {
  static final String BYTES = "application/octet-stream";

  private static final int SNIFFED = 512;

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

  /** A kind of content and the bytes it begins with; a dot stands for any byte. */
  private record Magic(String type, String bytes) {
    boolean begins(byte[] head) {
      byte[] wanted = bytes.getBytes(StandardCharsets.ISO_8859_1);
      if (head.length < wanted.length) {
        return false;
      }
      for (int i = 0; i < wanted.length; i++) {
        if (wanted[i] != '.' && wanted[i] != head[i]) {
          return false;
        }
      }
      return true;
    }
  }

  private static final List<Magic> MAGIC =
      List.of(
          new Magic("image/png", "\u0089PNG\r\n\u001a\n"),
          new Magic("image/gif", "GIF87a"),
          new Magic("image/gif", "GIF89a"),
          new Magic("image/jpeg", "\u00ff\u00d8\u00ff"),
          new Magic("image/bmp", "BM"),
          new Magic("image/webp", "RIFF....WEBPVP"),
          new Magic("audio/wave", "RIFF....WAVE"),
          new Magic("video/avi", "RIFF....AVI "),
          new Magic("audio/mpeg", "ID3"),
          new Magic("application/ogg", "OggS\0"),
          new Magic("image/x-icon", "\0\0\1\0"),
          new Magic("font/woff", "wOFF"),
          new Magic("font/woff2", "wOF2"),
          new Magic("application/wasm", "\0asm"),
          new Magic("application/pdf", "%PDF-"),
          new Magic("application/postscript", "%!PS-Adobe-"),
          new Magic("application/zip", "PK\u0003\u0004"),
          new Magic("application/x-gzip", "\u001f\u008b\b"),
          new Magic("application/x-rar-compressed", "Rar!\u001a\u0007"),
          new Magic("text/plain; charset=utf-16be", "\u00fe\u00ff"),
          new Magic("text/plain; charset=utf-16le", "\u00ff\u00fe"),
          new Magic("text/plain; charset=utf-8", "\u00ef\u00bb\u00bf"));

  private static final List<String> HTML =
      List.of(
          "<!doctype html",
          "<html",
          "<head",
          "<script",
          "<iframe",
          "<h1",
          "<div",
          "<font",
          "<table",
          "<a",
          "<style",
          "<title",
          "<b",
          "<body",
          "<br",
          "<p",
          "<!--");

  private ContentType() {}

  /** Of an open file. */
  static String of(String name, FileChannel channel) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(SNIFFED, channel.size()));
    while (buffer.hasRemaining() && channel.read(buffer, buffer.position()) > 0) {
      continue;
    }
    String sniffed = sniff(Arrays.copyOf(buffer.array(), buffer.position()));
    if (!sniffed.equals(BYTES)) {
      return sniffed;
    }
    String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return BY_EXTENSION.getOrDefault(extension, BYTES);
  }

  /** Of a file's first bytes. */
  static String sniff(byte[] head) {
    String markup = markup(head);
    if (!markup.isEmpty()) {
      return markup;
    }
    for (Magic magic : MAGIC) {
      if (magic.begins(head)) {
        return magic.type();
      }
    }
    for (byte one : head) {
      if (isBinary(one)) {
        return BYTES;
      }
    }
    return "text/plain; charset=utf-8";
  }

  private static boolean isBinary(byte one) {
    return one >= 0
        && one < 0x20
        && one != '\t'
        && one != '\n'
        && one != '\r'
        && one != '\f'
        && one != 0x1b;
  }

  /** A tag counts once it ends. */
  private static String markup(byte[] head) {
    String text =
        new String(head, StandardCharsets.ISO_8859_1).stripLeading().toLowerCase(Locale.ROOT);
    for (String tag : HTML) {
      boolean ends =
          text.length() > tag.length()
              && (text.charAt(tag.length()) == ' ' || text.charAt(tag.length()) == '>');
      if (ends && text.startsWith(tag)) {
        return "text/html; charset=utf-8";
      }
    }
    return text.startsWith("<?xml") ? "text/xml; charset=utf-8" : "";
  }
}
