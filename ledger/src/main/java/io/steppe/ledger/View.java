package io.steppe.ledger;

/**
 * What a replica keeps of the state: an immutable value made by folding changes. Loading applies
 * every stored object as a put in no particular order between tables; following applies changes in
 * log order.
 *
 * @param <V> the view itself
 */
public interface View<V extends View<V>> {
  /** This view with one more change; changes of tables it does not keep return it as it is. */
  V apply(LoggedChange change);
}
