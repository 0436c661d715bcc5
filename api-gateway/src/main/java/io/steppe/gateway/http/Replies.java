package io.steppe.gateway.http;

import com.google.protobuf.Message;
import io.steppe.gateway.answer.Encoded;
import io.steppe.http.ContentTypes;
import io.steppe.http.Gzip;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.json.Json;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.ResponseBuilder;
import java.nio.charset.StandardCharsets;

/** Answers as clients of this API expect them: headers, compression, layout. */
public final class Replies {
  private static final String INDEX = "X-Nomad-Index";

  private Replies() {}

  /** An answer to a read, its bytes encoded already. */
  public static Response read(Encoded answer, long lastContactMs, byte[] body, boolean gzipped) {
    ResponseBuilder builder =
        begin(200, ContentTypes.JSON)
            .header(INDEX, answer.index())
            .header("X-Nomad-KnownLeader", "true")
            .header("X-Nomad-LastContact", lastContactMs);
    if (!answer.nextToken().isEmpty()) {
      builder.header("X-Nomad-NextToken", answer.nextToken());
    }
    if (gzipped) {
      builder.header("Content-Encoding", "gzip");
    }
    return builder.entity(body).build();
  }

  /** An answer to a write that carries an index. */
  public static Response written(Request request, long index, Message body) {
    return finish(request, begin(200, ContentTypes.JSON).header(INDEX, index), Json.write(body));
  }

  /** An answer to a write that carries an index, JSON already. */
  public static Response written(Request request, long index, byte[] json) {
    return finish(request, begin(200, ContentTypes.JSON).header(INDEX, index), json);
  }

  /** An answer to a write that carries an index and nothing else. */
  public static Response written(long index) {
    return Response.ok().header(INDEX, index).header("Vary", "Accept-Encoding").build();
  }

  /** An answer without an index. */
  public static Response document(Request request, Message body) {
    return document(request, 200, Json.write(body));
  }

  /** An answer that is JSON already, without an index. */
  public static Response document(Request request, int status, byte[] json) {
    return finish(request, begin(status, ContentTypes.JSON), json);
  }

  /** What a client is told that asked for something it can't have. */
  public static Response refused(Request request, Refusal refusal) {
    byte[] text = refusal.getMessage().getBytes(StandardCharsets.UTF_8);
    ResponseBuilder builder = begin(refusal.status(), ContentTypes.TEXT);
    return request.acceptsGzip()
        ? builder.header("Content-Encoding", "gzip").entity(Gzip.of(text)).build()
        : builder.entity(text).build();
  }

  private static Response finish(Request request, ResponseBuilder builder, byte[] json) {
    byte[] body = request.laidOut(json);
    return request.acceptsGzip()
        ? builder.header("Content-Encoding", "gzip").entity(Gzip.of(body)).build()
        : builder.entity(body).build();
  }

  private static ResponseBuilder begin(int status, String type) {
    return Response.status(status).header("Content-Type", type).header("Vary", "Accept-Encoding");
  }
}
