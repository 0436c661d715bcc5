package io.steppe.bench.simulate;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.UUID;

/**
 * A simulated node, the same each time a simulator with that prefix runs.
 *
 * @param number place in the fleet, from 0
 * @param id the node's id
 * @param secret what the node proves itself with; guessable, as a simulated node has nothing to
 *     hide
 */
record Identity(int number, String name, String id, String secret) {

  static Identity of(String prefix, int number) {
    String name = "%s-%05d".formatted(prefix, number);
    return new Identity(number, name, uuid("node:" + name), uuid("secret:" + name));
  }

  private static String uuid(String text) {
    return UUID.nameUUIDFromBytes(text.getBytes(UTF_8)).toString();
  }
}
