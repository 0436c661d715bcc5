package io.steppe.event.log;

import io.steppe.ledger.LoggedChange;
import io.steppe.ledger.View;

/** A view that keeps nothing: this service passes changes on. */
public record LogView() implements View<LogView> {
  @Override
  public LogView apply(LoggedChange change) {
    return this;
  }
}
