package io.steppe.agent.fs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ContentTypeTest {
  private static final Map<String, String> HEADS =
      Map.ofEntries(
          Map.entry("", "text/plain; charset=utf-8"),
          Map.entry("hello\n", "text/plain; charset=utf-8"),
          Map.entry("{\"a\": 1}", "text/plain; charset=utf-8"),
          Map.entry("\u00ef\u00bb\u00bfx", "text/plain; charset=utf-8"),
          Map.entry("  <!DOCTYPE HTML>", "text/html; charset=utf-8"),
          Map.entry("<html ", "text/html; charset=utf-8"),
          Map.entry("<htmlx", "text/plain; charset=utf-8"),
          Map.entry("<!-- x", "text/html; charset=utf-8"),
          Map.entry("<?xml version='1.0'?>", "text/xml; charset=utf-8"),
          Map.entry("%PDF-1.4", "application/pdf"),
          Map.entry("GIF89a", "image/gif"),
          Map.entry("\u0089PNG\r\n\u001a\n", "image/png"),
          Map.entry("\u001f\u008b\b", "application/x-gzip"),
          Map.entry("PK\u0003\u0004", "application/zip"),
          Map.entry("\0asm", "application/wasm"),
          Map.entry("RIFF\1\2\3\4WAVEfmt", "audio/wave"),
          Map.entry("\u007fELF\u0002", "application/octet-stream"),
          Map.entry("a\0b", "application/octet-stream"));

  @Test
  void isToldByTheFirstBytes() {
    HEADS.forEach(
        (head, type) ->
            assertEquals(
                type, ContentType.sniff(head.getBytes(StandardCharsets.ISO_8859_1)), head));
  }
}
