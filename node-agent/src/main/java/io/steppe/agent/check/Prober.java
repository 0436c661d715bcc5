package io.steppe.agent.check;

import io.steppe.agent.alloc.AllocRunner;
import io.steppe.agent.check.CheckSpec.Target;
import io.steppe.agent.exec.ShortCommand;
import io.steppe.rpc.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** Looks at services: a few at a time, each within its time. */
final class Prober implements AutoCloseable {
  /** Of an answer, for people to read. */
  private static final int MOST_OUTPUT = 3 << 10;

  private static final int AT_ONCE = 64;

  static {
    // Checks may name the host they ask for, which the client allows only if told so beforehand.
    System.setProperty("jdk.httpclient.allowRestrictedHeaders", "host");
  }

  private final Executor executor;
  private final Semaphore free = new Semaphore(AT_ONCE);
  private volatile HttpClient checked;
  private volatile HttpClient unchecked;

  Prober(Executor executor) {
    this.executor = executor;
  }

  /** Looks once; what goes wrong is an outcome too. */
  Outcome probe(CheckSpec spec, AllocRunner runner) throws InterruptedException {
    free.acquire();
    var look = new FutureTask<>(() -> look(spec, runner));
    try {
      executor.execute(look);
      return look.get(spec.timeout().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return Outcome.fail("nomad: no answer within " + spec.timeout().toMillis() + " ms");
    } catch (ExecutionException e) {
      return Outcome.fail("nomad: " + shortened(String.valueOf(e.getCause().getMessage())));
    } finally {
      look.cancel(true);
      free.release();
    }
  }

  private Outcome look(CheckSpec spec, AllocRunner runner)
      throws IOException, InterruptedException {
    return switch (spec.target()) {
      case Target.Http http -> http(http, spec.timeout());
      case Target.Tcp(String host, int port) -> tcp(host, port, spec.timeout());
      case Target.Script script -> script(script, runner, spec.timeout());
      case Target.Impossible(String why) -> Outcome.fail("nomad: " + why);
    };
  }

  private Outcome http(Target.Http http, Duration timeout)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(http.uri())
            .timeout(timeout)
            .method(
                http.method(),
                http.body().isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(http.body()));
    http.headers().forEach((name, values) -> values.forEach(value -> request.header(name, value)));
    HttpResponse<InputStream> answer =
        client(http.insecure()).send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    int code = answer.statusCode();
    try (InputStream body = answer.body()) {
      if (code >= 200 && code < 400) {
        return new Outcome(Outcome.Kind.PASS, code, "nomad: http ok");
      }
      String text = new String(body.readNBytes(MOST_OUTPUT), StandardCharsets.UTF_8);
      return new Outcome(Outcome.Kind.FAIL, code, text);
    }
  }

  private static Outcome tcp(String host, int port, Duration timeout) throws IOException {
    try (Socket socket = new Socket()) {
      int millis = (int) Math.clamp(timeout.toMillis(), 1, Integer.MAX_VALUE);
      socket.connect(new InetSocketAddress(host, port), millis);
      return Outcome.pass("nomad: tcp ok");
    }
  }

  private static Outcome script(Target.Script script, AllocRunner runner, Duration timeout)
      throws IOException, InterruptedException {
    try {
      ShortCommand.Result result =
          ShortCommand.run(
              runner.placeBeside(script.task()), script.command(), timeout, MOST_OUTPUT);
      Outcome.Kind kind =
          switch (result.exitCode()) {
            case 0 -> Outcome.Kind.PASS;
            case 1 -> Outcome.Kind.WARN;
            default -> Outcome.Kind.FAIL;
          };
      return new Outcome(kind, 0, result.output());
    } catch (Failure e) {
      return Outcome.fail("nomad: " + e.getMessage());
    }
  }

  private static String shortened(String text) {
    return text.length() > MOST_OUTPUT ? text.substring(0, MOST_OUTPUT) : text;
  }

  private synchronized HttpClient client(boolean insecure) throws IOException {
    if (insecure) {
      unchecked = unchecked == null ? builder().sslContext(trusting()).build() : unchecked;
      return unchecked;
    }
    checked = checked == null ? builder().build() : checked;
    return checked;
  }

  private HttpClient.Builder builder() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .followRedirects(HttpClient.Redirect.NORMAL)
        .executor(executor);
  }

  private static SSLContext trusting() throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new TrustsAll()}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  /** For checks whose job says so ({@code tls_skip_verify}). */
  private static final class TrustsAll implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  @Override
  public void close() {
    if (checked != null) {
      checked.shutdownNow();
    }
    if (unchecked != null) {
      unchecked.shutdownNow();
    }
  }
}
