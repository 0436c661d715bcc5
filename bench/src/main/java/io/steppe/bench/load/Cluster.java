package io.steppe.bench.load;

import com.google.protobuf.Message;
import io.steppe.json.Json;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.JobRegisterRequest;
import io.steppe.proto.v1.JobRegisterResponse;
import io.steppe.proto.v1.JobSummary;
import io.steppe.proto.v1.NodeListStub;
import io.steppe.proto.v1.TaskGroupSummary;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** What loads need of a cluster's HTTP API. */
public final class Cluster implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI address;

  /** The cluster behind a gateway. */
  public Cluster(URI address) {
    this.address = address;
  }

  /** Ids of the nodes that are ready for allocations. */
  public List<String> readyNodes() throws IOException, InterruptedException {
    List<NodeListStub> nodes = Json.readList(get("/v1/nodes"), NodeListStub.getDefaultInstance());
    return nodes.stream()
        .filter(node -> node.getStatus().equals("ready"))
        .map(NodeListStub::getId)
        .toList();
  }

  /** Has every job with an allocation on a node evaluated. */
  public void evaluate(String node) throws IOException, InterruptedException {
    send(HttpRequest.newBuilder().PUT(BodyPublishers.noBody()), "/v1/node/" + node + "/evaluate");
  }

  /** Lets no evaluation be worked on, or all that wait. */
  public void pause(boolean paused) throws IOException, InterruptedException {
    String settings =
        "{\"SchedulerAlgorithm\":\"binpack\",\"PauseEvalBroker\":%s}".formatted(paused);
    send(
        HttpRequest.newBuilder().PUT(BodyPublishers.ofString(settings)),
        "/v1/operator/scheduler/configuration");
  }

  /** Registers a job. */
  public JobRegisterResponse register(Job job) throws IOException, InterruptedException {
    byte[] body = Json.write(JobRegisterRequest.newBuilder().setJob(job).build());
    return read(
        send(HttpRequest.newBuilder().PUT(BodyPublishers.ofByteArray(body)), "/v1/jobs"),
        JobRegisterResponse.getDefaultInstance());
  }

  /** The only group's allocations by state. */
  public TaskGroupSummary summary(String job) throws IOException, InterruptedException {
    JobSummary summary = read(get("/v1/job/" + job + "/summary"), JobSummary.getDefaultInstance());
    return summary.getSummaryMap().values().stream()
        .findFirst()
        .orElse(TaskGroupSummary.getDefaultInstance());
  }

  /** Stops a job. */
  public void stop(String job) throws IOException, InterruptedException {
    send(HttpRequest.newBuilder().DELETE(), "/v1/job/" + job);
  }

  /** The body of an answer that is 200. */
  byte[] get(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder().GET(), path);
  }

  private byte[] send(HttpRequest.Builder request, String path)
      throws IOException, InterruptedException {
    HttpResponse<byte[]> answer =
        client.send(
            request.uri(address.resolve(path)).timeout(TIMEOUT).build(),
            HttpResponse.BodyHandlers.ofByteArray());
    if (answer.statusCode() != 200) {
      throw new IOException(
          path
              + ": "
              + answer.statusCode()
              + " "
              + new String(answer.body(), StandardCharsets.UTF_8));
    }
    return answer.body();
  }

  private static <T extends Message> T read(byte[] json, T prototype) {
    return Json.read(json, prototype);
  }

  @Override
  public void close() {
    client.close();
  }
}
