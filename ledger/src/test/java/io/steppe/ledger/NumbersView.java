package io.steppe.ledger;

import com.google.protobuf.ByteString;
import java.util.Map;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/** The simplest view: every object of every table by "table/key". */
record NumbersView(PMap<String, ByteString> objects) implements View<NumbersView> {
  static final NumbersView EMPTY = new NumbersView(HashTreePMap.empty());

  @Override
  public NumbersView apply(LoggedChange logged) {
    Change change = logged.change();
    String key = change.table() + "/" + change.key();
    return new NumbersView(
        change.object().map(some -> objects.plus(key, some)).orElseGet(() -> objects.minus(key)));
  }

  Map<String, ByteString> plain() {
    return Map.copyOf(objects);
  }
}
