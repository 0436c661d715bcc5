package io.steppe.http.route;

import com.google.protobuf.Message;
import io.steppe.http.ContentTypes;

/** What a route answers with. */
public sealed interface Gives {
  /** A document. */
  record Document(Message prototype) implements Gives {}

  /** A document, or null where there is none. */
  record DocumentOrNull(Message prototype) implements Gives {}

  /** A list of documents. */
  record Documents(Message prototype) implements Gives {}

  /** JSON that no message describes. */
  record Json(String meaning) implements Gives {}

  /** Bytes, or what goes on as long as its reader wants. */
  record Content(String contentType, String meaning) implements Gives {}

  /** Messages over a WebSocket. */
  record Messages(Message in, Message out) implements Gives {}

  /** Nothing but its status. */
  record Nothing() implements Gives {}

  /** A document. */
  static Gives one(Message prototype) {
    return new Document(prototype);
  }

  /** A document, or null where there is none. */
  static Gives oneOrNull(Message prototype) {
    return new DocumentOrNull(prototype);
  }

  /** A list of documents. */
  static Gives list(Message prototype) {
    return new Documents(prototype);
  }

  /** Text, or bytes nobody knows the type of. */
  static Gives text(String meaning) {
    return new Content(ContentTypes.TEXT, meaning);
  }

  /** JSON objects, one after the other. */
  static Gives frames(String meaning) {
    return new Content(ContentTypes.JSON, meaning);
  }
}
