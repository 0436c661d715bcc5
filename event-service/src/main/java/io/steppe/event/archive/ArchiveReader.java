package io.steppe.event.archive;

import com.google.protobuf.InvalidProtocolBufferException;
import io.steppe.event.archive.ArchiveFile.Damaged;
import io.steppe.event.proto.v1.ArchiveHeader;
import io.steppe.event.proto.v1.ArchiveRecord;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The records of a state. */
final class ArchiveReader implements AutoCloseable {
  static final int VERSION = 1;

  private final InputStream in;
  private final ArchiveHeader header;
  private long rows;

  private ArchiveReader(InputStream in, ArchiveHeader header) {
    this.in = in;
    this.header = header;
  }

  /**
   * Opens a state.
   *
   * @throws Damaged for one of another version, or of something else
   */
  static ArchiveReader open(Path state) throws IOException, Damaged {
    InputStream in = new BufferedInputStream(Files.newInputStream(state));
    try {
      ArchiveRecord first = record(in).orElseThrow(() -> new Damaged("it is empty"));
      if (!first.hasHeader()) {
        throw new Damaged("it is no archive of a region");
      }
      if (first.getHeader().getVersion() != VERSION) {
        throw new Damaged("it is of version " + first.getHeader().getVersion() + ", not 1");
      }
      return new ArchiveReader(in, first.getHeader());
    } catch (IOException | Damaged e) {
      in.close();
      throw e;
    }
  }

  ArchiveHeader header() {
    return header;
  }

  /**
   * The next record; empty after the last.
   *
   * @throws Damaged when it ends too early or goes on too long
   */
  Optional<ArchiveRecord> next() throws IOException, Damaged {
    ArchiveRecord record = record(in).orElseThrow(() -> new Damaged("it ends before its end"));
    if (record.hasEnd()) {
      if (record.getEnd().getRows() != rows || in.read() >= 0) {
        throw new Damaged("it holds not as much as it says");
      }
      return Optional.empty();
    }
    rows++;
    return Optional.of(record);
  }

  private static Optional<ArchiveRecord> record(InputStream in) throws IOException, Damaged {
    try {
      return Optional.ofNullable(ArchiveRecord.parseDelimitedFrom(in));
    } catch (InvalidProtocolBufferException e) {
      throw new Damaged("it is no archive of a region");
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
