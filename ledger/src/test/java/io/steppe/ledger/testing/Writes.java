package io.steppe.ledger.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Holds that a service's state changes through the ledger alone: no class of its own runs
 * statements but a few, whose rows are outside the log, each by a decision.
 */
public final class Writes {
  /** Whatever statements are run by. */
  private static final Set<String> DOORS =
      Set.of(
          "java.sql.Connection",
          "java.sql.Statement",
          "io.vertx.sqlclient.SqlClient",
          "io.vertx.sqlclient.Query",
          "io.vertx.mutiny.sqlclient.SqlClient",
          "io.vertx.mutiny.sqlclient.Query",
          "jakarta.persistence.EntityManager",
          "org.hibernate.SharedSessionContract",
          "io.quarkus.hibernate.orm.panache.PanacheRepositoryBase",
          "io.quarkus.hibernate.orm.panache.PanacheEntityBase",
          "io.quarkus.hibernate.reactive.panache.PanacheRepositoryBase",
          "io.quarkus.hibernate.reactive.panache.PanacheEntityBase");

  private static final Pattern STATEMENTS =
      Pattern.compile(
          "(execute|prepare|persist|merge|remove|update|delete|insert|refresh|find|list|stream)\\w*"
              + "|query|create\\w*(Query|Statement)");

  private final Set<String> others;

  private Writes(String... others) {
    this.others = Set.of(others);
  }

  /**
   * Holds it for the module whose folder this is run in.
   *
   * @param others full names of the classes that run statements: all of them, and no more
   */
  public static void goThroughTheLedgerBut(String... others) {
    Writes writes = new Writes(others);
    try (Stream<Path> files = Files.walk(Path.of("target", "classes"))) {
      Set<String> found = new TreeSet<>();
      files
          .filter(file -> file.toString().endsWith(".class"))
          .map(Writes::read)
          .filter(writes::runsStatements)
          .forEach(one -> found.add(outermost(one.thisClass().asInternalName())));
      assertEquals(new TreeSet<>(List.of(others)), found, "classes that run statements");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ClassModel read(Path file) {
    try {
      return ClassFile.of().parse(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean runsStatements(ClassModel one) {
    for (PoolEntry entry : one.constantPool()) {
      if (entry instanceof MemberRefEntry member
          && STATEMENTS.matcher(member.name().stringValue()).matches()
          && isStatement(member)) {
        return true;
      }
    }
    return false;
  }

  /** What one of the others made for the rest of its package is none. */
  private boolean isStatement(MemberRefEntry member) {
    Optional<Class<?>> owner = load(member.owner().asInternalName().replace('/', '.'));
    return owner.filter(Writes::isDoor).isPresent()
        && !(others.contains(owner.get().getName())
            && Arrays.stream(owner.get().getDeclaredMethods())
                .map(Method::getName)
                .anyMatch(member.name().stringValue()::equals));
  }

  private static Optional<Class<?>> load(String name) {
    try {
      return Optional.of(Class.forName(name, false, Writes.class.getClassLoader()));
    } catch (ClassNotFoundException | LinkageError e) {
      // Of a library that is not here, or an array.
      return Optional.empty();
    }
  }

  private static boolean isDoor(Class<?> one) {
    return DOORS.contains(one.getName())
        || Stream.concat(Stream.ofNullable(one.getSuperclass()), Arrays.stream(one.getInterfaces()))
            .anyMatch(Writes::isDoor);
  }

  private static String outermost(String internal) {
    int inner = internal.indexOf('$');
    return (inner < 0 ? internal : internal.substring(0, inner)).replace('/', '.');
  }
}
