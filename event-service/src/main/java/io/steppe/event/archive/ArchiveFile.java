package io.steppe.event.archive;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * The file that an archive is: a compressed tar of what it is ({@code meta.json}), the state
 * ({@code state.bin}) and the checksums of both, which is what clients check.
 */
final class ArchiveFile {
  private static final String META = "meta.json";
  private static final String STATE = "state.bin";
  private static final String SUMS = "SHA256SUMS";
  private static final int SMALL = 64 << 10;
  private static final Pattern SUM = Pattern.compile("([0-9a-f]{64})\\s+\\*?(\\S+)");

  /** State that an archive may hold: more is none that was made here. */
  private static final long MOST_STATE = 64L << 30;

  /** A file that is no archive, or a damaged one. */
  static final class Damaged extends Exception {
    private static final long serialVersionUID = 1;

    Damaged(String why) {
      super(why);
    }
  }

  private ArchiveFile() {}

  /**
   * Packs a state.
   *
   * @param index what it holds
   * @return the digest of the file
   */
  static byte[] pack(Path state, long index, long epoch, Path to) throws IOException {
    byte[] meta = meta(index, epoch, Files.size(state));
    MessageDigest ofFile = sha256();
    MessageDigest ofState = sha256();
    try (OutputStream file =
            new DigestOutputStream(new BufferedOutputStream(Files.newOutputStream(to)), ofFile);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(file))) {
      tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
      entry(tar, META, meta);
      TarArchiveEntry entry = new TarArchiveEntry(STATE);
      entry.setSize(Files.size(state));
      entry.setMode(0600);
      tar.putArchiveEntry(entry);
      try (InputStream in = new DigestInputStream(Files.newInputStream(state), ofState)) {
        in.transferTo(tar);
      }
      tar.closeArchiveEntry();
      String sums = line(sha256().digest(meta), META) + line(ofState.digest(), STATE);
      entry(tar, SUMS, sums.getBytes(StandardCharsets.US_ASCII));
      tar.finish();
    }
    return ofFile.digest();
  }

  private static void entry(TarArchiveOutputStream tar, String name, byte[] bytes)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(bytes.length);
    entry.setMode(0600);
    tar.putArchiveEntry(entry);
    tar.write(bytes);
    tar.closeArchiveEntry();
  }

  /** As tools that look at archives expect it; there are no peers to list. */
  private static byte[] meta(long index, long epoch, long size) {
    String json =
        "{\"Version\":1,\"ID\":\"steppe-%1$d-%2$d\",\"Index\":%2$d,\"Term\":%1$d,\"Peers\":\"\","
            + "\"Configuration\":{\"Servers\":[]},\"ConfigurationIndex\":0,\"Size\":%3$d}\n";
    return json.formatted(epoch, index, size).getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Unpacks the state of an archive, whose checksums hold then.
   *
   * @throws Damaged for anything else
   */
  static void unpack(Path archive, Path state) throws IOException, Damaged {
    Map<String, String> found = new HashMap<>();
    Optional<String> sums = Optional.empty();
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(
            new GZIPInputStream(new BufferedInputStream(Files.newInputStream(archive))))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        switch (entry.getName()) {
          case META -> found.put(META, HexFormat.of().formatHex(sha256().digest(small(tar))));
          case SUMS -> sums = Optional.of(new String(small(tar), StandardCharsets.US_ASCII));
          case STATE -> found.put(STATE, copy(tar, state));
          default -> throw new Damaged("it holds a file that no archive has");
        }
      }
    } catch (IOException e) {
      throw new Damaged("it can't be unpacked: " + e.getMessage());
    }
    check(found, sums.orElseThrow(() -> new Damaged("it holds no checksums")));
  }

  private static void check(Map<String, String> found, String sums) throws Damaged {
    Map<String, String> told = new HashMap<>();
    for (String line : sums.split("\n")) {
      Matcher sum = SUM.matcher(line.strip());
      if (sum.matches()) {
        told.put(sum.group(2), sum.group(1));
      }
    }
    if (!found.keySet().equals(Set.of(META, STATE))) {
      throw new Damaged("it does not hold what an archive holds");
    }
    if (!found.equals(told)) {
      throw new Damaged("its checksums do not hold");
    }
  }

  private static byte[] small(InputStream in) throws IOException, Damaged {
    byte[] bytes = in.readNBytes(SMALL + 1);
    if (bytes.length > SMALL) {
      throw new Damaged("it holds a file that is too large");
    }
    return bytes;
  }

  private static String copy(InputStream in, Path to) throws IOException, Damaged {
    MessageDigest digest = sha256();
    try (OutputStream out = new DigestOutputStream(Files.newOutputStream(to), digest)) {
      byte[] buffer = new byte[SMALL];
      long copied = 0;
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        copied += read;
        if (copied > MOST_STATE) {
          throw new Damaged("it holds too much");
        }
        out.write(buffer, 0, read);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static String line(byte[] digest, String name) {
    return HexFormat.of().formatHex(digest) + "  " + name + "\n";
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }
}
