package io.steppe.event.archive;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * The schemas that hold the state of a region: those whose owners give it away and take it back.
 */
final class Schemas {
  private Schemas() {}

  static List<String> of(Statement statement) throws SQLException {
    List<String> schemas = new ArrayList<>();
    try (ResultSet found =
        statement.executeQuery(
            "select n.nspname from pg_proc p join pg_namespace n on n.oid = p.pronamespace"
                + " where p.proname = 'restore_v1' and has_function_privilege(p.oid, 'execute')"
                + " order by 1")) {
      while (found.next()) {
        schemas.add(found.getString(1));
      }
    }
    return schemas;
  }

  /** A name as it stands in a statement. */
  static String quoted(String name) {
    return "\"" + name.replace("\"", "\"\"") + "\"";
  }
}
