package io.steppe.event.sink;

import io.steppe.ledger.seal.CannotOpenException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Posts batches, signed. Follows no redirect; of an answer only the status counts, and nothing of
 * it is kept: a sink must not be a way to read what its address answers.
 */
final class Poster implements AutoCloseable {
  private final HttpClient client;
  private final SinkSecrets secrets;
  private final InstantSource clock;
  private final Duration deadline;
  private final String userAgent;

  /**
   * @param deadline of an attempt, from dialling to the end of the answer
   */
  Poster(SinkSecrets secrets, InstantSource clock, Duration deadline, String version) {
    this.secrets = secrets;
    this.clock = clock;
    this.deadline = deadline;
    this.userAgent = "Steppe/" + version;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(deadline)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();
  }

  /** One attempt: nothing when the batch was taken, otherwise why not. */
  Optional<String> post(Sink sink, Batch batch) throws InterruptedException {
    HttpRequest request;
    try {
      request = request(sink, batch);
    } catch (CannotOpenException e) {
      return Optional.of("can't be signed: " + e.getMessage());
    }
    CompletableFuture<HttpResponse<Void>> answer =
        client.sendAsync(request, BodyHandlers.discarding());
    try {
      int status = answer.get(deadline.toNanos(), TimeUnit.NANOSECONDS).statusCode();
      return status / 100 == 2 ? Optional.empty() : Optional.of("answered with status " + status);
    } catch (TimeoutException e) {
      return Optional.of("no answer within " + deadline.toSeconds() + " s");
    } catch (ExecutionException e) {
      return Optional.of(reason(e.getCause()));
    } finally {
      answer.cancel(true);
    }
  }

  private HttpRequest request(Sink sink, Batch batch) {
    byte[] body = batch.body();
    String id = sink.id() + "." + batch.first() + "-" + batch.last();
    long timestamp = clock.instant().getEpochSecond();
    return HttpRequest.newBuilder(URI.create(sink.definition().getAddress()))
        .timeout(deadline)
        .header("User-Agent", userAgent)
        .header("Content-Type", batch.contentType())
        .header("webhook-id", id)
        .header("webhook-timestamp", Long.toString(timestamp))
        .header("webhook-signature", Signature.of(secrets.open(sink), id, timestamp, body))
        .POST(BodyPublishers.ofByteArray(body))
        .build();
  }

  private static String reason(Throwable error) {
    String text = error.getMessage() == null ? "" : ": " + error.getMessage();
    return error instanceof IOException
        ? error.getClass().getSimpleName() + text
        : "could not be asked" + text;
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
