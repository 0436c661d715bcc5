package io.steppe.ledger;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.vertx.UniHelper;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongConsumer;
import org.jboss.logging.Logger;

/**
 * One direct connection to PostgreSQL, opened when it is needed and again after it broke, whose
 * session is bounded in what it can hold. Used on the ledger's thread, and answers there.
 */
final class Line implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Line.class);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  private static final String SESSION =
      """
      select set_config(s.name, v.value, false), current_setting('fsync') as fsync,
        current_setting('synchronous_commit') as synchronous_commit
      from (values ('statement_timeout', $1), ('lock_timeout', $2), ('idle_in_transaction_session_timeout', $3),
        ('transaction_timeout', $4), ('tcp_user_timeout', $5), ('jit', 'off')) v (name, value)
      join pg_settings s on s.name = v.name""";

  /** No connection could be made, so that nothing was sent. */
  static final class Unreachable extends RuntimeException {
    private static final long serialVersionUID = 1;

    Unreachable(String message, Throwable cause) {
      super(message, cause, false, false);
    }
  }

  private final Vertx vertx;
  private final LedgerSettings settings;
  private final Executor thread;
  private final String role;
  private final Duration statementTimeout;
  private final Optional<LongConsumer> listener;
  private Optional<PgConnection> connection = Optional.empty();
  private Optional<Uni<PgConnection>> connecting = Optional.empty();
  private boolean closed;

  Line(
      Vertx vertx,
      LedgerSettings settings,
      Executor thread,
      String role,
      Duration statementTimeout) {
    this(vertx, settings, thread, role, statementTimeout, Optional.empty());
  }

  /**
   * @param role shown behind the replica's name in PostgreSQL's list of sessions
   * @param listener gets the index of every commit notified while the line is connected
   */
  Line(
      Vertx vertx,
      LedgerSettings settings,
      Executor thread,
      String role,
      Duration statementTimeout,
      Optional<LongConsumer> listener) {
    this.vertx = vertx;
    this.settings = settings;
    this.thread = thread;
    this.role = role;
    this.statementTimeout = statementTimeout;
    this.listener = listener;
  }

  /**
   * Runs one statement. Fails with {@link Unreachable} if it was not sent; when PostgreSQL does not
   * answer within twice the statement's own limit, the connection is dropped.
   */
  Uni<RowSet<Row>> call(String sql, Tuple arguments) {
    return connected()
        .onItem()
        .transformToUni(
            open ->
                UniHelper.toUni(open.preparedQuery(sql).execute(arguments))
                    .ifNoItem()
                    .after(statementTimeout.multipliedBy(2))
                    .fail())
        .emitOn(thread)
        .onFailure(Line::breaks)
        .invoke(this::drop);
  }

  /** Runs one statement without arguments or result, such as BEGIN. */
  Uni<Void> run(String sql) {
    return connected()
        .onItem()
        .transformToUni(
            open ->
                UniHelper.toUni(open.query(sql).execute())
                    .ifNoItem()
                    .after(statementTimeout.multipliedBy(2))
                    .fail())
        .emitOn(thread)
        .onFailure(Line::breaks)
        .invoke(this::drop)
        .replaceWithVoid();
  }

  /** Closes the connection; what ran on it is rolled back unless it was committed already. */
  void drop() {
    connection.ifPresent(
        open -> {
          open.closeHandler(null);
          open.close();
        });
    connection = Optional.empty();
  }

  @Override
  public void close() {
    closed = true;
    drop();
  }

  private Uni<PgConnection> connected() {
    if (closed) {
      return Uni.createFrom().failure(new Unreachable("the ledger is closed", null));
    }
    if (connection.isPresent()) {
      return Uni.createFrom().item(connection.get());
    }
    if (connecting.isEmpty()) {
      connecting = Optional.of(connect().memoize().indefinitely());
    }
    return connecting.get();
  }

  private Uni<PgConnection> connect() {
    PgConnectOptions options = settings.address().options();
    options.addProperty("application_name", settings.name() + " " + role);
    options.setCachePreparedStatements(true);
    options.setConnectTimeout((int) CONNECT_TIMEOUT.toMillis());
    options.setTcpKeepAlive(true);
    return Uni.createFrom()
        .deferred(
            () -> {
              Future<PgConnection> opening = PgConnection.connect(vertx, options);
              return UniHelper.toUni(opening)
                  .onItem()
                  .transformToUni(this::session)
                  .ifNoItem()
                  .after(CONNECT_TIMEOUT.multipliedBy(2))
                  .fail()
                  .onFailure()
                  .invoke(() -> opening.onSuccess(PgConnection::close));
            })
        .emitOn(thread)
        .onFailure()
        .transform(e -> new Unreachable("PostgreSQL can't be reached: " + e.getMessage(), e))
        .onItem()
        .invoke(this::opened)
        .onTermination()
        .invoke(() -> connecting = Optional.empty());
  }

  private void opened(PgConnection open) {
    if (closed) {
      open.close();
      return;
    }
    connection = Optional.of(open);
    open.closeHandler(ignored -> onThread(() -> closed(open)));
    open.exceptionHandler(
        e -> LOG.debugf(e, "The connection %s of %s broke", role, settings.name()));
  }

  private void closed(PgConnection broken) {
    if (connection.filter(current -> current == broken).isPresent()) {
      connection = Optional.empty();
    }
  }

  /** What a connection tells after the ledger was closed concerns nobody. */
  private void onThread(Runnable task) {
    try {
      thread.execute(task);
    } catch (RejectedExecutionException e) {
      LOG.debugf("%s is closed", settings.name());
    }
  }

  private Uni<PgConnection> session(PgConnection open) {
    String hold = Long.toString(settings.holdTimeout().toMillis());
    String statement = Long.toString(statementTimeout.toMillis());
    Tuple limits =
        Tuple.of(
            statement,
            Long.toString(settings.statementTimeout().toMillis() / 2),
            hold,
            statement,
            hold);
    return UniHelper.toUni(open.preparedQuery(SESSION).execute(limits))
        .onItem()
        .invoke(this::checkDurability)
        .onItem()
        .transformToUni(ignored -> listen(open));
  }

  private Uni<PgConnection> listen(PgConnection open) {
    if (listener.isEmpty()) {
      return Uni.createFrom().item(open);
    }
    open.notificationHandler(
        note -> onThread(() -> listener.get().accept(Long.parseLong(note.getPayload()))));
    return UniHelper.toUni(open.query("listen steppe_log").execute()).replaceWith(open);
  }

  private void checkDurability(RowSet<Row> rows) {
    Row row = rows.iterator().next();
    boolean off =
        row.getString("fsync").equals("off") || row.getString("synchronous_commit").equals("off");
    if (off && settings.durabilityChecked()) {
      throw new IllegalStateException(
          "it runs with fsync or synchronous_commit off and would lose acknowledged writes; this ledger does not serve");
    }
  }

  /**
   * Whether a failure leaves the connection in doubt: anything that is not a plain error of the
   * statement.
   */
  private static boolean breaks(Throwable failure) {
    return !(failure instanceof Unreachable) && !SqlErrors.rolledBack(failure);
  }
}
