package io.steppe.query;

import io.steppe.rpc.v1.ReadMeta;
import java.util.List;

/**
 * A part of a list.
 *
 * @param objects in the list's order
 * @param nextToken where the next page starts; empty when there is none
 */
public record Page<T>(List<T> objects, String nextToken) {
  /** What a reply begins with: the meta of its read, and where the list goes on. */
  public ReadMeta meta(ReadMeta read) {
    return read.toBuilder().setNextToken(nextToken).build();
  }
}
