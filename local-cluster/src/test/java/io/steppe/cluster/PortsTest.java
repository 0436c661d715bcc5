package io.steppe.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortsTest {
  @TempDir Path temporary;
  private DataFolder folder;

  @BeforeEach
  void prepare() {
    folder = new DataFolder(temporary.resolve("data"));
    folder.prepare();
  }

  @Test
  void keepsAPortForItsUse() {
    int port = new Ports(folder, 5, p -> true).port("a.grpc", false);
    assertEquals(port, new Ports(folder, 77, p -> true).port("a.grpc", false));
  }

  @Test
  void givesUpAPortThatSomethingElseTook() {
    int port = new Ports(folder, 5, p -> true).port("a.grpc", false);
    Ports later = new Ports(folder, 5, p -> p != port);
    assertEquals(port, later.port("a.grpc", true), "its own process holds it");
    int other = later.port("a.grpc", false);
    assertNotEquals(port, other);
    assertEquals(
        other, new Ports(folder, 5, p -> true).port("a.grpc", false), "the new one is kept");
  }

  @Test
  void givesEveryUseAPortOfItsOwnBelowThoseOfTasks() {
    Ports ports = new Ports(folder, -1, p -> p % 2 == 0);
    Set<Integer> all = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      int port = ports.port("use-" + i, false);
      assertTrue(
          port >= Ports.FIRST && port < Ports.FIRST + Ports.COUNT && port % 2 == 0, "port " + port);
      all.add(port);
    }
    assertEquals(200, all.size());
  }

  @Test
  void saysSoWhenThereIsNone() {
    Ports ports = new Ports(folder, 0, p -> false);
    assertThrows(StartFailure.class, () -> ports.port("a", false));
  }

  @Test
  void seesWhetherAPortIsFree() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertEquals(false, Ports.isFree(socket.getLocalPort()));
    }
    try (ServerSocket everywhere = new ServerSocket(0)) {
      assertEquals(false, Ports.isFree(everywhere.getLocalPort()));
    }
  }
}
