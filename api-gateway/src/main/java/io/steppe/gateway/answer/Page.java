package io.steppe.gateway.answer;

import com.google.protobuf.Message;
import io.steppe.gateway.service.Chunks;
import io.steppe.json.Json;
import io.steppe.rpc.v1.ReadMeta;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What a service answered to a read.
 *
 * @param meta index and epoch it is true for, whether it is what is known already, and where a list
 *     goes on
 * @param namespace of one object; empty for what is in none, or in many
 * @param body its JSON; not asked for when unchanged
 */
public record Page(ReadMeta meta, String namespace, Supplier<byte[]> body) {
  /** An answer that is in no namespace, or in many. */
  public Page(ReadMeta meta, Supplier<byte[]> body) {
    this(meta, "", body);
  }

  /** One object. */
  public static Page of(ReadMeta meta, Message object) {
    return new Page(meta, () -> Json.write(object));
  }

  /** One object in a namespace. */
  public static Page of(ReadMeta meta, String namespace, Message object) {
    return new Page(meta, namespace, () -> Json.write(object));
  }

  /** Objects of a list that comes in chunks. */
  public static <R, T extends Message> Page of(
      Iterator<R> replies, Function<R, ReadMeta> meta, Function<R, List<T>> objects) {
    Chunks<T> chunks = Chunks.of(replies, meta, objects);
    return of(chunks.meta(), chunks.all());
  }

  /** Objects in the order they came in. */
  public static Page of(ReadMeta meta, List<? extends Message> objects) {
    return new Page(meta, () -> Json.writeList(objects));
  }
}
