package io.steppe.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hashicorp.nomad.apimodel.AllocationListStub;
import com.hashicorp.nomad.apimodel.Evaluation;
import com.hashicorp.nomad.apimodel.Job;
import com.hashicorp.nomad.apimodel.Node;
import com.hashicorp.nomad.apimodel.NodeListStub;
import com.hashicorp.nomad.apimodel.Resources;
import com.hashicorp.nomad.apimodel.Task;
import com.hashicorp.nomad.apimodel.TaskGroup;
import com.hashicorp.nomad.javasdk.ClientApi;
import com.hashicorp.nomad.javasdk.EvaluationResponse;
import com.hashicorp.nomad.javasdk.FramedStream;
import com.hashicorp.nomad.javasdk.NodesApi;
import com.hashicorp.nomad.javasdk.NomadApiClient;
import com.hashicorp.nomad.javasdk.QueryOptions;
import com.hashicorp.nomad.javasdk.ServerQueryResponse;
import com.hashicorp.nomad.javasdk.WaitStrategy;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.apache.http.HttpHost;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Jobs, nodes and files through the official Java SDK. */
@OnSharedCluster
class JavaSdkTest {
  private static final WaitStrategy SOON = WaitStrategy.waitForSeconds(30);

  @Test
  @Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void registersWatchesReadsLogsOfAndStopsAJob(LocalCluster cluster) throws Exception {
    try (NomadApiClient nomad = new NomadApiClient(cluster.api().base())) {
      EvaluationResponse registered = nomad.getJobsApi().register(job("java-sdk"));
      Evaluation evaluation =
          nomad.getEvaluationsApi().pollForCompletion(registered, SOON).getValue();
      assertEquals("complete", evaluation.getStatus());

      AllocationListStub allocation = awaitStatus(nomad, "java-sdk", "running");
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
      awaitStatus(nomad, "java-sdk", "complete");
      try (InputStream log = client.logs(allocation.getId(), "main", false, "stdout")) {
        byte[] first = log.readNBytes("line 1\nline 2\n".length());
        assertEquals("line 1\nline 2\n", new String(first, StandardCharsets.UTF_8));
      }
      assertTrue(nomad.getJobsApi().info("java-sdk").getValue().getStop());
    }
  }

  @Test
  @Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void readsNodesAndTheirFilesAndDrains(LocalCluster cluster) throws Exception {
    try (NomadApiClient nomad = new NomadApiClient(cluster.api().base())) {
      NodesApi nodes = nomad.getNodesApi();
      NodeListStub stub = nodes.list().getValue().get(0);
      assertEquals("ready", stub.getStatus());
      assertEquals(
          stub.getId(), nodes.list(stub.getId().substring(0, 8)).getValue().get(0).getId());
      Node node = nodes.info(stub.getId()).getValue();
      assertEquals(stub.getName(), node.getName());
      nodes.forceEvaluate(node.getId());

      nomad.getJobsApi().register(job("java-nodes"));
      AllocationListStub allocation = awaitStatus(nomad, "java-nodes", "running");
      assertTrue(
          nodes.allocations(node.getId()).getValue().stream()
              .anyMatch(one -> one.getId().equals(allocation.getId())));
      // Asks the node for its address, and then the node itself.
      ClientApi client = nomad.lookupClientApiByNodeId(node.getId());
      assertTrue(client.stats().getValue().getMemory().getTotal().signum() > 0);
      assertTrue(client.stats(allocation.getId()).getValue().getTasks().containsKey("main"));
      String log = "alloc/logs/main.stdout.0";
      Wait.untilTrue(
          Duration.ofSeconds(20),
          "two lines in the log",
          () -> client.cat(allocation.getId(), log).getValue().contains("line 2\n"));
      assertEquals("line 2", client.readAt(allocation.getId(), log, 7, 6).getValue());
      assertEquals("main.stdout.0", client.stat(allocation.getId(), log).getValue().getName());

      nodes.toggleDrain(node.getId(), true);
      awaitStatus(nomad, "java-nodes", "complete");
      nodes.toggleDrain(node.getId(), false);
      assertEquals("eligible", nodes.info(node.getId()).getValue().getSchedulingEligibility());
      nomad.getJobsApi().deregister("java-nodes");
    }
  }

  /** Blocks on the job's allocations until the only one has that status. */
  private static AllocationListStub awaitStatus(NomadApiClient nomad, String id, String status)
      throws Exception {
    ServerQueryResponse<List<AllocationListStub>> allocations =
        nomad
            .getJobsApi()
            .allocations(
                id,
                QueryOptions.pollRepeatedlyUntil(
                    response ->
                        response.getValue() != null
                            && response.getValue().size() == 1
                            && response.getValue().get(0).getClientStatus().equals(status),
                    SOON));
    assertTrue(allocations.hadKnownLeader());
    return allocations.getValue().get(0);
  }

  private static Job job(String id) {
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
        .setId(id)
        .setName(id)
        .setType("service")
        .addDatacenters("dc1")
        .addTaskGroups(new TaskGroup().setName("group").setCount(1).addTasks(task));
  }
}
