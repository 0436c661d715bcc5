package io.steppe.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TaskPortsTest {
  @Test
  void oneAgentHasThemAll() {
    assertEquals(new TaskPorts(20_000, 32_000), TaskPorts.of(0, 1));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 7, 100})
  void agentsShareThemAll(int agents) {
    int next = 20_000;
    for (int agent = 0; agent < agents; agent++) {
      TaskPorts share = TaskPorts.of(agent, agents);
      assertEquals(next, share.min());
      next = share.max() + 1;
    }
    assertEquals(32_001, next);
  }
}
