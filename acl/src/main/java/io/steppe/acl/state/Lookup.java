package io.steppe.acl.state;

import java.util.Optional;
import java.util.function.Function;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.TreePMap;

/**
 * Objects by key, of which each is also found by a property that only it has.
 *
 * @param keys of the objects, by that property
 */
public record Lookup<P, T>(TreePMap<String, T> byKey, PMap<P, String> keys) {
  static <P, T> Lookup<P, T> empty() {
    return new Lookup<>(TreePMap.empty(), HashTreePMap.empty());
  }

  Optional<T> get(String key) {
    return Optional.ofNullable(byKey.get(key));
  }

  Optional<T> find(P property) {
    return Optional.ofNullable(keys.get(property)).map(byKey::get);
  }

  /** What it is after one object changed, came or went. */
  Lookup<P, T> with(TreePMap<String, T> changed, String key, Function<T, P> property) {
    PMap<P, String> found = keys;
    T before = byKey.get(key);
    if (before != null && key.equals(found.get(property.apply(before)))) {
      found = found.minus(property.apply(before));
    }
    T now = changed.get(key);
    return new Lookup<>(changed, now == null ? found : found.plus(property.apply(now), key));
  }
}
