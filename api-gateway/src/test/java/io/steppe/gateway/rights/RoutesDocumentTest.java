package io.steppe.gateway.rights;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.steppe.gateway.http.GatewayRoutes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** {@code docs/routes.md} says what the table of routes says. */
class RoutesDocumentTest {
  private static final Path DOCUMENT = Path.of("..", "docs", "routes.md");
  private static final String BEGIN = "| route |";

  @Test
  void theDocumentHasTheTableAsItIs() throws IOException {
    String text = Files.readString(DOCUMENT);
    String introduction = text.substring(0, text.indexOf(BEGIN));
    String now = introduction + RoutesDocument.of(GatewayRoutes.TABLE);
    if (Boolean.getBoolean("routes.write")) {
      Files.writeString(DOCUMENT, now);
    }
    assertEquals(
        now,
        Files.readString(DOCUMENT),
        "write it anew with: ./mvnw -o -pl api-gateway test -Dtest=RoutesDocumentTest"
            + " -Droutes.write=true");
  }
}
