package io.steppe.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Properties;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * The ports of one cluster's processes: chosen once, kept in its data folder, so that a restarted
 * process is found where it was.
 *
 * <p>They come from 10000–19999: below the ports that tasks get (20000–32000) and below those the
 * system gives to outgoing connections, either of which could take a port away while its process is
 * being restarted.
 */
public final class Ports {
  static final int FIRST = 10_000;
  static final int COUNT = 10_000;
  private static final String FILE = "ports";

  private final DataFolder folder;
  private final Properties chosen;
  private final IntPredicate free;
  private final Set<Integer> taken = new HashSet<>();
  private int next;

  /**
   * @param seed where the search begins; clusters that start at the same time should differ in it
   * @param free whether a port could be listened on now
   */
  public Ports(DataFolder folder, int seed, IntPredicate free) {
    this.folder = folder;
    this.chosen = folder.properties(FILE);
    this.free = free;
    this.next = Math.floorMod(seed, COUNT);
    chosen
        .stringPropertyNames()
        .forEach(key -> taken.add(Integer.valueOf(chosen.getProperty(key))));
  }

  /**
   * The port of that use. A kept port that something else took meanwhile is given up for another.
   *
   * @param key for example {@code node-service-0.grpc}
   * @param held whether the process that uses it runs, so that the port is rightly not free
   */
  public int port(String key, boolean held) {
    String kept = chosen.getProperty(key);
    if (kept != null && (held || free.test(Integer.parseInt(kept)))) {
      return Integer.parseInt(kept);
    }
    int port = search();
    chosen.setProperty(key, Integer.toString(port));
    taken.add(port);
    folder.store(FILE, chosen, "rw-r--r--");
    return port;
  }

  private int search() {
    for (int tried = 0; tried < COUNT; tried++) {
      int port = FIRST + next;
      next = (next + 1) % COUNT;
      if (!taken.contains(port) && free.test(port)) {
        return port;
      }
    }
    throw new StartFailure("No free port between " + FIRST + " and " + (FIRST + COUNT - 1));
  }

  /** Whether something could listen on that port of this machine's loopback address. */
  public static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
