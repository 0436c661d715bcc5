package io.steppe.gateway.service;

import io.steppe.rpc.v1.ReadMeta;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;

/**
 * A list that came in chunks.
 *
 * @param meta of its first chunk
 * @param all objects
 */
public record Chunks<T>(ReadMeta meta, List<T> all) {
  /** Reads a list to its end. */
  public static <R, T> Chunks<T> of(
      Iterator<R> replies, Function<R, ReadMeta> meta, Function<R, List<T>> objects) {
    ReadMeta first = ReadMeta.getDefaultInstance();
    List<T> all = new ArrayList<>();
    for (boolean begun = false; replies.hasNext(); begun = true) {
      R reply = replies.next();
      if (!begun) {
        first = meta.apply(reply);
      }
      all.addAll(objects.apply(reply));
    }
    return new Chunks<>(first, all);
  }
}
