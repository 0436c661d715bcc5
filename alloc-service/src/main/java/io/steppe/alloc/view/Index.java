package io.steppe.alloc.view;

import org.pcollections.HashTreePMap;
import org.pcollections.HashTreePSet;
import org.pcollections.PMap;
import org.pcollections.PSet;

/**
 * Ids of objects by a property of theirs; no property without an id.
 *
 * @param <K> the property
 */
record Index<K>(PMap<K, PSet<String>> ids) {
  /** Of nothing. */
  static <K> Index<K> empty() {
    return new Index<>(HashTreePMap.empty());
  }

  /** The ids of what has the property. */
  PSet<String> of(K property) {
    return ids.getOrDefault(property, HashTreePSet.empty());
  }

  /** Whether anything has the property. */
  boolean contains(K property) {
    return ids.containsKey(property);
  }

  Index<K> plus(K property, String id) {
    return new Index<>(ids.plus(property, of(property).plus(id)));
  }

  Index<K> minus(K property, String id) {
    var left = of(property).minus(id);
    return new Index<>(left.isEmpty() ? ids.minus(property) : ids.plus(property, left));
  }
}
