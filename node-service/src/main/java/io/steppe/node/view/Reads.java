package io.steppe.node.view;

import io.grpc.stub.StreamObserver;
import io.smallrye.mutiny.Uni;
import io.steppe.ledger.Ledger;
import io.steppe.ledger.Snapshot;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.ReadMeta;
import io.steppe.rpc.v1.ReadOptions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** How calls are answered from the view, and with what every answer begins. */
public final class Reads {
  private static final Logger LOG = Logger.getLogger(Reads.class);

  private final Ledger<NodeView> ledger;
  private final InstantSource clock;

  public Reads(Ledger<NodeView> ledger, InstantSource clock) {
    this.ledger = ledger;
    this.clock = clock;
  }

  /** The view that a read asks for: the newest, or as it is. */
  public Uni<Snapshot<NodeView>> read(ReadOptions read) {
    return read.getStale() ? ledger.ready().map(_ -> ledger.snapshot()) : ledger.latest();
  }

  /** What a reply of a table begins with; "unchanged" when the reader has it already. */
  public ReadMeta meta(ReadOptions read, Snapshot<NodeView> snapshot, String table) {
    long index = snapshot.tableIndex(table);
    boolean unchanged =
        read.getKnownIndex() != 0
            && read.getKnownIndex() == index
            && read.getKnownEpoch() == snapshot.epoch();
    long age =
        read.getStale() ? Duration.between(snapshot.newestAt(), clock.instant()).toMillis() : 0;
    return ReadMeta.newBuilder()
        .setIndex(index)
        .setEpoch(snapshot.epoch())
        .setUnchanged(unchanged)
        .setLastContactMs(Math.max(0, age))
        .build();
  }

  /** Whether the reader may see the node pool of a name. */
  public static boolean shows(ReadOptions read, String pool) {
    return !read.getRestricted() || read.getVisibleList().contains(pool);
  }

  /** Answers with what comes, or with why nothing does. */
  public static <T> void answer(StreamObserver<?> out, Uni<T> source, Consumer<T> then) {
    source
        .subscribe()
        .with(
            item -> {
              try {
                then.accept(item);
              } catch (RuntimeException e) {
                fail(out, e);
              }
            },
            error -> fail(out, error));
  }

  /** Answers with one message. */
  public static <T> void answerOne(StreamObserver<T> out, Supplier<Uni<? extends T>> source) {
    answer(
        out,
        Uni.createFrom().<T>deferred(source),
        done -> {
          out.onNext(done);
          out.onCompleted();
        });
  }

  private static void fail(StreamObserver<?> out, Throwable error) {
    Failure failure = Failure.of(error);
    if (!(error instanceof Failure)) {
      LOG.errorf(error, "a call failed");
    }
    out.onError(failure.toStatus());
  }
}
