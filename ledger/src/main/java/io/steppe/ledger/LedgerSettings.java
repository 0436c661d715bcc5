package io.steppe.ledger;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;

/**
 * How a service opens its ledger. {@link #of} gives the values production runs with; the {@code
 * with} methods change one.
 *
 * @param url postgresql://host:port/database, with or without user and password, {@code sslmode}
 *     and {@code sslrootcert}; must be a direct connection, no pooler between
 * @param user the service's role; empty when the url names it
 * @param password of the role; empty for none, or when the url holds it
 * @param schema the schema this service commits to; empty for one that only reads
 * @param tables the tables of the log its view keeps; changes of others are neither loaded nor
 *     followed
 * @param objectsLoaded whether the view starts with what is stored; otherwise it starts empty at
 *     the head, for what only passes changes on
 * @param name shown in PostgreSQL's list of sessions: the replica's id
 * @param queue requests that may wait for a commit; more are refused as UNAVAILABLE
 * @param batchRequests requests in one commit
 * @param batchBytes bytes of objects in one commit, unless a single request has more
 * @param deadline how long a request or a read may wait before it fails as UNAVAILABLE
 * @param statementTimeout what PostgreSQL allows one statement; twice this and a connection that
 *     does not answer is dropped
 * @param holdTimeout how long a stopped process may hold the head: bounds idle time inside a
 *     transaction and unacknowledged bytes
 * @param poll between looks at the head when nothing is notified; at least one second
 * @param durabilityChecked whether PostgreSQL with fsync or synchronous_commit off is refused;
 *     false in tests only
 * @param clock the time that decisions get
 */
public record LedgerSettings(
    String url,
    String user,
    String password,
    String schema,
    Set<String> tables,
    boolean objectsLoaded,
    String name,
    int queue,
    int batchRequests,
    int batchBytes,
    Duration deadline,
    Duration statementTimeout,
    Duration holdTimeout,
    Duration poll,
    boolean durabilityChecked,
    InstantSource clock) {

  public LedgerSettings {
    tables = Set.copyOf(tables);
    if (!schema.matches("[a-z_]*")) {
      throw new IllegalArgumentException("not a schema's name: " + schema);
    }
    if (queue < 1 || batchRequests < 1 || batchBytes < 1) {
      throw new IllegalArgumentException("queue and batch bounds must be positive");
    }
    if (poll.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("poll must be at least one second, it is " + poll);
    }
    // What is wrong with it is said now, not whenever a connection is tried.
    new DatabaseAddress(url, user, password).options();
  }

  /** Where the database is. */
  DatabaseAddress address() {
    return new DatabaseAddress(url, user, password);
  }

  /** Production's values for a service that commits to {@code schema} and keeps {@code tables}. */
  public static LedgerSettings of(
      String url, String user, String password, String schema, Set<String> tables, String name) {
    return new LedgerSettings(
        url,
        user,
        password,
        schema,
        tables,
        true,
        name,
        20_000,
        1_000,
        8 << 20,
        Duration.ofSeconds(10),
        Duration.ofSeconds(10),
        Duration.ofSeconds(2),
        Duration.ofSeconds(1),
        true,
        InstantSource.system());
  }

  /** For a ledger that only passes changes on: nothing stored is loaded. */
  public LedgerSettings withoutObjects() {
    return new LedgerSettings(
        url,
        user,
        password,
        schema,
        tables,
        false,
        name,
        queue,
        batchRequests,
        batchBytes,
        deadline,
        statementTimeout,
        holdTimeout,
        poll,
        durabilityChecked,
        clock);
  }

  public LedgerSettings withQueue(int value) {
    return new LedgerSettings(
        url,
        user,
        password,
        schema,
        tables,
        objectsLoaded,
        name,
        value,
        batchRequests,
        batchBytes,
        deadline,
        statementTimeout,
        holdTimeout,
        poll,
        durabilityChecked,
        clock);
  }

  public LedgerSettings withBatch(int requests, int bytes) {
    return new LedgerSettings(
        url,
        user,
        password,
        schema,
        tables,
        objectsLoaded,
        name,
        queue,
        requests,
        bytes,
        deadline,
        statementTimeout,
        holdTimeout,
        poll,
        durabilityChecked,
        clock);
  }

  public LedgerSettings withDeadline(Duration value) {
    return new LedgerSettings(
        url,
        user,
        password,
        schema,
        tables,
        objectsLoaded,
        name,
        queue,
        batchRequests,
        batchBytes,
        value,
        statementTimeout,
        holdTimeout,
        poll,
        durabilityChecked,
        clock);
  }

  public LedgerSettings withPoll(Duration value) {
    return new LedgerSettings(
        url,
        user,
        password,
        schema,
        tables,
        objectsLoaded,
        name,
        queue,
        batchRequests,
        batchBytes,
        deadline,
        statementTimeout,
        holdTimeout,
        value,
        durabilityChecked,
        clock);
  }

  public LedgerSettings withDurabilityChecked(boolean value) {
    return new LedgerSettings(
        url,
        user,
        password,
        schema,
        tables,
        objectsLoaded,
        name,
        queue,
        batchRequests,
        batchBytes,
        deadline,
        statementTimeout,
        holdTimeout,
        poll,
        value,
        clock);
  }

  public LedgerSettings withClock(InstantSource value) {
    return new LedgerSettings(
        url,
        user,
        password,
        schema,
        tables,
        objectsLoaded,
        name,
        queue,
        batchRequests,
        batchBytes,
        deadline,
        statementTimeout,
        holdTimeout,
        poll,
        durabilityChecked,
        value);
  }
}
