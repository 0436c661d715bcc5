package io.steppe.alloc.view;

import com.google.protobuf.MessageLite;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.steppe.ledger.Ledger;
import io.steppe.ledger.Snapshot;
import io.steppe.rpc.v1.ReadMeta;
import io.steppe.rpc.v1.ReadOptions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * How reads are answered: from a view that holds every commit before them, or, stale, from the one
 * there is.
 */
public final class Reads {
  /** Bytes of objects in one message; the rest of 1 MiB is room for its envelope. */
  private static final int CHUNK_BYTES = 512 * 1024;

  private final Ledger<AllocView> ledger;
  private final InstantSource clock;

  public Reads(Ledger<AllocView> ledger, InstantSource clock) {
    this.ledger = ledger;
    this.clock = clock;
  }

  /** The view a read with these options is answered from. */
  public Uni<Read> read(ReadOptions options) {
    var snapshot = options.getStale() ? Uni.createFrom().item(ledger::snapshot) : ledger.latest();
    return snapshot.map(view -> new Read(view, options, age(view, options)));
  }

  /** The view that a list is made from, off the event loop: to make one may take long. */
  public Uni<Read> list(ReadOptions options) {
    return read(options).emitOn(Infrastructure.getDefaultWorkerPool());
  }

  private long age(Snapshot<AllocView> snapshot, ReadOptions options) {
    return options.getStale()
        ? Math.max(0, Duration.between(snapshot.newestAt(), clock.instant()).toMillis())
        : 0;
  }

  /**
   * A view, for one read.
   *
   * @param ageMillis how long ago the view was known to be the newest; 0 unless stale
   */
  public record Read(Snapshot<AllocView> snapshot, ReadOptions options, long ageMillis) {
    public AllocView view() {
      return snapshot.view();
    }

    /** Whether the caller still has the answer: nothing of these tables changed since. */
    public boolean unchanged(String... tables) {
      return options.getKnownIndex() > 0
          && options.getKnownEpoch() == snapshot.epoch()
          && options.getKnownIndex() == index(tables);
    }

    /** What the first message of the answer carries. */
    public ReadMeta meta(String... tables) {
      return ReadMeta.newBuilder()
          .setIndex(index(tables))
          .setEpoch(snapshot.epoch())
          .setUnchanged(unchanged(tables))
          .setLastContactMs(ageMillis)
          .build();
    }

    private long index(String... tables) {
      long newest = 0;
      for (var table : tables) {
        newest = Math.max(newest, snapshot.tableIndex(table));
      }
      return newest;
    }

    /** Whether the read is about objects of a namespace that its caller may see: "*" is all. */
    public boolean sees(String namespace) {
      var wanted = options.getNamespace();
      boolean asked =
          wanted.equals("*")
              || namespace.equals(wanted.isEmpty() ? JobKey.DEFAULT_NAMESPACE : wanted);
      return asked && shows(namespace);
    }

    /** Whether the caller may see objects of a namespace, whichever the read is about. */
    public boolean shows(String namespace) {
      return !options.getRestricted() || options.getVisibleList().contains(namespace);
    }
  }

  /** The objects in lists that each fit a message; one empty list for none. */
  public static <T extends MessageLite> List<List<T>> chunks(List<T> objects) {
    var chunks = new ArrayList<List<T>>();
    var chunk = new ArrayList<T>();
    int bytes = 0;
    for (var object : objects) {
      int size = object.getSerializedSize();
      if (bytes + size > CHUNK_BYTES && !chunk.isEmpty()) {
        chunks.add(chunk);
        chunk = new ArrayList<>();
        bytes = 0;
      }
      chunk.add(object);
      bytes += size;
    }
    chunks.add(chunk);
    return chunks;
  }
}
