package io.steppe.ledger;

/**
 * A change in the log.
 *
 * @param index the index all changes of its request share
 * @param ordinal its place among them, from 0
 */
public record LoggedChange(long index, int ordinal, Change change) {}
