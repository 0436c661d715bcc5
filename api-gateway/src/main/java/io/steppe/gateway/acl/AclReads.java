package io.steppe.gateway.acl;

import com.google.protobuf.Message;
import io.steppe.acl.state.AclView;
import io.steppe.gateway.answer.Page;
import io.steppe.gateway.answer.Read;
import io.steppe.gateway.answer.Reads;
import io.steppe.gateway.answer.Scope;
import io.steppe.gateway.blocking.Interest;
import io.steppe.gateway.query.ReadParameters;
import io.steppe.http.Request;
import io.steppe.http.route.Route;
import io.steppe.ledger.Snapshot;
import io.steppe.query.Listing;
import io.steppe.query.Order;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.ReadMeta;
import io.steppe.rpc.v1.ReadOptions;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Reads of who may do what, answered from this replica's own view. */
@ApplicationScoped
public class AclReads {
  private final Reads reads;
  private final AclState state;
  private final InstantSource clock;

  AclReads(Reads reads, AclState state, InstantSource clock) {
    this.reads = reads;
    this.state = state;
    this.clock = clock;
  }

  /**
   * A list.
   *
   * @param route what is asked
   * @param table that it is of
   * @param <T> what is listed
   */
  public record ListOf<T extends Message>(
      Route route, String table, Order<T> order, Function<T, ? extends Message> stub) {}

  /**
   * Answers a list.
   *
   * @param seenBy what of the list depends on who asks; part of the answer's key
   * @param objects those to be listed, of a view, whose names begin with a prefix
   */
  public <T extends Message> Response list(
      Request request, ListOf<T> list, String seenBy, Function<AclView, Collection<T>> objects) {
    ReadParameters parameters = reads.parameters(request);
    Set<Interest> interests = Set.of(new Interest(list.table(), ""));
    return reads.answer(
        request,
        parameters,
        new Read(
            list.route(),
            new Scope.Admitted(),
            seenBy,
            interests,
            options -> {
              Snapshot<AclView> snapshot = snapshot(options);
              ReadMeta meta = meta(options, snapshot, list.table());
              if (meta.getUnchanged()) {
                return new Page(meta, () -> new byte[0]);
              }
              var page = Listing.of(options).page(objects.apply(snapshot.view()), list.order());
              List<? extends Message> stubs = page.objects().stream().map(list.stub()).toList();
              return Page.of(page.meta(meta), stubs);
            }));
  }

  /**
   * One object.
   *
   * @param route what is asked
   * @param key of the answer
   * @param interest in what wakes who waits for a change
   * @param absent what is said where there is none
   */
  public record One(
      Route route,
      String key,
      Interest interest,
      String absent,
      Function<AclView, Optional<? extends Message>> object) {}

  /** Answers what one object is. */
  public Response one(Request request, One one) {
    return reads.answer(
        request,
        reads.parameters(request),
        new Read(
            one.route(),
            new Scope.Admitted(),
            one.key(),
            Set.of(one.interest()),
            options -> {
              Snapshot<AclView> snapshot = snapshot(options);
              Message found =
                  one.object()
                      .apply(snapshot.view())
                      .map(Message.class::cast)
                      .orElseThrow(() -> Failure.notFound(one.absent()));
              return Page.of(meta(options, snapshot, one.interest().table()), found);
            }));
  }

  private Snapshot<AclView> snapshot(ReadOptions options) {
    return options.getStale() ? state.stale() : state.latest();
  }

  private ReadMeta meta(ReadOptions options, Snapshot<AclView> snapshot, String table) {
    long index = snapshot.tableIndex(table);
    long age =
        options.getStale()
            ? Math.max(0, Duration.between(snapshot.newestAt(), clock.instant()).toMillis())
            : 0;
    return ReadMeta.newBuilder()
        .setIndex(index)
        .setEpoch(snapshot.epoch())
        .setUnchanged(
            options.getKnownIndex() > 0
                && options.getKnownIndex() == index
                && options.getKnownEpoch() == snapshot.epoch())
        .setLastContactMs(age)
        .build();
  }
}
