package io.steppe.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hashicorp.nomad.apimodel.AllocationListStub;
import com.hashicorp.nomad.apimodel.Evaluation;
import com.hashicorp.nomad.apimodel.Job;
import com.hashicorp.nomad.apimodel.Resources;
import com.hashicorp.nomad.apimodel.Task;
import com.hashicorp.nomad.apimodel.TaskGroup;
import com.hashicorp.nomad.javasdk.ClientApi;
import com.hashicorp.nomad.javasdk.EvaluationResponse;
import com.hashicorp.nomad.javasdk.FramedStream;
import com.hashicorp.nomad.javasdk.NomadApiClient;
import com.hashicorp.nomad.javasdk.QueryOptions;
import com.hashicorp.nomad.javasdk.ServerQueryResponse;
import com.hashicorp.nomad.javasdk.WaitStrategy;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.http.HttpHost;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A first job, start to end, through the official Java SDK. */
@ExtendWith(SharedCluster.class)
class JavaSdkTest {
  private static final WaitStrategy SOON = WaitStrategy.waitForSeconds(30);

  @Test
  @Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void registersWatchesReadsLogsOfAndStopsAJob(LocalCluster cluster) throws Exception {
    try (NomadApiClient nomad = new NomadApiClient(cluster.api().base())) {
      EvaluationResponse registered = nomad.getJobsApi().register(job());
      Evaluation evaluation =
          nomad.getEvaluationsApi().pollForCompletion(registered, SOON).getValue();
      assertEquals("complete", evaluation.getStatus());

      AllocationListStub allocation = awaitStatus(nomad, "running");
      Job stored = nomad.getJobsApi().info("java-sdk").getValue();
      assertEquals("running", stored.getStatus());
      assertEquals("java-sdk", stored.getName());

      ClientApi client = nomad.getClientApi(HttpHost.create(cluster.api().base()));
      assertTrue(
          client.ls(allocation.getId(), "/").getValue().stream()
              .anyMatch(file -> file.getName().equals("alloc")));
      // The SDK's streams read on to their end when they are closed, so the job ends before.
      try (FramedStream frames = client.logsAsFrames(allocation.getId(), "main", true, "stdout")) {
        StringBuilder seen = new StringBuilder();
        while (seen.indexOf("line 2\n") < 0) {
          assertTrue(frames.hasNextFrame());
          byte[] data = frames.nextFrame().getData();
          seen.append(data == null ? "" : new String(data, StandardCharsets.UTF_8));
        }
        assertTrue(seen.indexOf("line 1\nline 2\n") == 0, seen::toString);
        nomad.getJobsApi().deregister("java-sdk");
      }
      awaitStatus(nomad, "complete");
      try (InputStream log = client.logs(allocation.getId(), "main", false, "stdout")) {
        byte[] first = log.readNBytes("line 1\nline 2\n".length());
        assertEquals("line 1\nline 2\n", new String(first, StandardCharsets.UTF_8));
      }
      assertTrue(nomad.getJobsApi().info("java-sdk").getValue().getStop());
    }
  }

  /** Blocks on the job's allocations until the only one has that status. */
  private static AllocationListStub awaitStatus(NomadApiClient nomad, String status)
      throws Exception {
    ServerQueryResponse<List<AllocationListStub>> allocations =
        nomad
            .getJobsApi()
            .allocations(
                "java-sdk",
                QueryOptions.pollRepeatedlyUntil(
                    response ->
                        response.getValue() != null
                            && response.getValue().size() == 1
                            && response.getValue().get(0).getClientStatus().equals(status),
                    SOON));
    assertTrue(allocations.hadKnownLeader());
    return allocations.getValue().get(0);
  }

  private static Job job() {
    Task task =
        new Task()
            .setName("main")
            .setDriver("raw_exec")
            .addConfig("command", "/bin/sh")
            .addConfig(
                "args",
                List.of("-c", "i=1; while :; do echo line $i; i=$((i + 1)); sleep 0.2; done"))
            .setResources(new Resources().setCpu(20).setMemoryMb(16));
    return new Job()
        .setId("java-sdk")
        .setName("java-sdk")
        .setType("service")
        .addDatacenters("dc1")
        .addTaskGroups(new TaskGroup().setName("group").setCount(1).addTasks(task));
  }
}
