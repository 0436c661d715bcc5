package io.steppe.alloc.canonical;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.steppe.json.Json;
import io.steppe.proto.v1.Job;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs as they were given to Nomad 2.0.5, and as it kept them. */
class ObservedJobsTest {

  @ParameterizedTest
  @ValueSource(strings = {"batch", "service"})
  void keepsAJobAsNomadDoes(String name) throws IOException {
    Job kept = read(name + "-kept.json");
    assertEquals(text(kept), text(Canonicaliser.canonicalise(read(name + "-given.json"))));
    assertEquals(text(kept), text(Canonicaliser.canonicalise(kept)));
    assertEquals(List.of(), Validator.validate(kept).errors());
  }

  private static Job read(String name) throws IOException {
    try (var file = ObservedJobsTest.class.getResourceAsStream("/jobs/" + name)) {
      return Json.read(file.readAllBytes(), Job.getDefaultInstance());
    }
  }

  private static String text(Job job) {
    // A task's own settings are kept byte for byte, and the two files differ in their spaces there.
    var same = job.toBuilder();
    same.getTaskGroupsBuilder(0).getTasksBuilder(0).clearConfig();
    return new String(Json.write(same.build()), StandardCharsets.UTF_8);
  }
}
