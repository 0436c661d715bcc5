package io.steppe.bench.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.steppe.json.Json;
import io.steppe.proto.v1.DriverInfo;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.NodeListStub;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A list of 100 nodes and a job, written and read by the generated mapper; the same documents as
 * Jackson's trees, which is the nearest that could be done without generated code.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class JsonBenchmark {
  private static final String JOB =
      """
      {"ID":"web","Name":"web","Type":"service","Priority":50,"Datacenters":["dc1"],"Meta":{"owner":"me"},
       "Constraints":[{"LTarget":"${attr.kernel.name}","RTarget":"linux","Operand":"="}],
       "TaskGroups":[{"Name":"web","Count":3,
        "Networks":[{"Mode":"host","DynamicPorts":[{"Label":"http"}]}],
        "RestartPolicy":{"Attempts":2,"Interval":1800000000000,"Delay":15000000000,"Mode":"fail"},
        "Services":[{"Name":"web","PortLabel":"http","Provider":"nomad","Tags":["a","b"],
         "Checks":[{"Type":"http","Path":"/health","Interval":10000000000,"Timeout":2000000000}]}],
        "Tasks":[{"Name":"server","Driver":"raw_exec","Env":{"PORT":"${NOMAD_PORT_http}","MODE":"fast"},
         "Config":{"command":"/bin/sh","args":["-c","while true; do echo tick; sleep 1; done"]},
         "Resources":{"CPU":100,"MemoryMB":64},"LogConfig":{"MaxFiles":2,"MaxFileSizeMB":1},
         "Templates":[{"EmbeddedTmpl":"hello {{ env \\"NOMAD_ALLOC_ID\\" }}\\n","DestPath":"local/hello"}]}]}]}
      """;

  private final ObjectMapper trees = new ObjectMapper();
  private final List<NodeListStub> nodes = nodes();
  private final byte[] nodesJson = Json.writeList(nodes);
  private final JsonNode nodesTree = tree(nodesJson);
  private final byte[] jobJson = JOB.getBytes(StandardCharsets.UTF_8);
  private final Job job = Json.read(jobJson, Job.getDefaultInstance());
  private final byte[] jobWhole = Json.write(job);
  private final JsonNode jobTree = tree(jobWhole);

  /** 100 node stubs to bytes. */
  @Benchmark
  public byte[] writeNodes() {
    return Json.writeList(nodes);
  }

  /** The same from a tree. */
  @Benchmark
  public byte[] writeNodesTree() throws IOException {
    return trees.writeValueAsBytes(nodesTree);
  }

  /** 100 node stubs from bytes. */
  @Benchmark
  public List<NodeListStub> readNodes() {
    return Json.readList(nodesJson, NodeListStub.getDefaultInstance());
  }

  /** The same into a tree. */
  @Benchmark
  public JsonNode readNodesTree() throws IOException {
    return trees.readTree(nodesJson);
  }

  /** A job to bytes. */
  @Benchmark
  public byte[] writeJob() {
    return Json.write(job);
  }

  /** The same from a tree. */
  @Benchmark
  public byte[] writeJobTree() throws IOException {
    return trees.writeValueAsBytes(jobTree);
  }

  /** A job from bytes, as a client sends it. */
  @Benchmark
  public Job readJob() {
    return Json.read(jobJson, Job.getDefaultInstance());
  }

  /** The same into a tree. */
  @Benchmark
  public JsonNode readJobTree() throws IOException {
    return trees.readTree(jobJson);
  }

  /** Bytes of the job that is read. */
  int jobSize() {
    return jobJson.length;
  }

  private JsonNode tree(byte[] json) {
    try {
      return trees.readTree(json);
    } catch (IOException e) {
      throw new IllegalStateException("What was written here is no JSON", e);
    }
  }

  private static List<NodeListStub> nodes() {
    List<NodeListStub> nodes = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      NodeListStub.Builder node =
          NodeListStub.newBuilder()
              .setAddress("10.0.0." + i)
              .setId("2d3df002-853e-f2e3-a9dc-4e51bce9%04d".formatted(i))
              .setDatacenter("dc1")
              .setName("node-" + i)
              .setNodePool("default")
              .setVersion("2.0.5")
              .setSchedulingEligibility("eligible")
              .setStatus("ready")
              .setCreateIndex(10 + i)
              .setModifyIndex(1000 + i);
      for (String driver : List.of("raw_exec", "exec", "docker", "mock_driver")) {
        node.putDrivers(
            driver,
            DriverInfo.newBuilder()
                .putAttributes("driver." + driver, "true")
                .setDetected(true)
                .setHealthy(true)
                .setHealthDescription("Healthy")
                .setUpdateTime(1_795_224_190_292_720_312L)
                .build());
      }
      nodes.add(node.build());
    }
    return nodes;
  }
}
