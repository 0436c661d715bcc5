package io.steppe.alloc.scheduler.feasibility;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.alloc.scheduler.fleet.NodeFacts;
import io.steppe.proto.v1.Constraint;
import io.steppe.proto.v1.Node;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every operator of constraints, on values nodes have and lack. */
class ConditionTest {
  private static final NodeFacts NODE =
      NodeFacts.of(
          Node.newBuilder()
              .setId("n1")
              .setName("golden-a")
              .setDatacenter("dc1")
              .setNodeClass("edge")
              .setNodePool("gpu")
              .putAttributes("kernel.name", "linux")
              .putAttributes("kernel.version", "6.18.44-fc-v445")
              .putAttributes("cpu.numcores", "12")
              .putAttributes("driver.java.version", "17.0.15")
              .putAttributes("os.signals", "SIGUSR1, SIGTERM,SIGHUP")
              .putMeta("rack", "r1")
              .build());

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ${attr.kernel.name}         | =                | linux              | true
          ${attr.kernel.name}         | ==               | linux              | true
          ${attr.kernel.name}         | is               | windows            | false
          ${attr.kernel.name}         | !=               | windows            | true
          ${attr.kernel.name}         | not              | linux              | false
          ${attr.absent}              | =                | x                  | false
          ${attr.absent}              | !=               | x                  | true
          ${attr.cpu.numcores}        | >                | 9                  | true
          ${attr.cpu.numcores}        | >=               | 12                 | true
          ${attr.cpu.numcores}        | <                | 100                | true
          ${attr.cpu.numcores}        | <=               | 11.5               | false
          ${attr.kernel.name}         | >                | abc                | true
          ${attr.absent}              | <                | 3                  | false
          ${attr.kernel.name}         | regexp           | ^lin               | true
          ${attr.kernel.name}         | regexp           | [0-9]              | false
          ${attr.driver.java.version} | version          | >= 11, < 18        | true
          ${attr.driver.java.version} | version          | ~> 17.0            | true
          ${attr.driver.java.version} | version          | ~> 17.1            | false
          ${attr.kernel.version}      | version          | >= 5.0             | false
          ${attr.kernel.version}      | semver           | >= 5.0             | true
          ${attr.kernel.version}      | semver           | < 6.18.44          | true
          ${attr.kernel.name}         | version          | >= 1               | false
          ${attr.os.signals}          | set_contains     | SIGTERM,SIGUSR1    | true
          ${attr.os.signals}          | set_contains_all | SIGTERM,SIGKILL    | false
          ${attr.os.signals}          | set_contains_any | SIGKILL,SIGHUP     | true
          ${attr.os.signals}          | set_contains_any | SIGKILL            | false
          ${meta.rack}                | is_set           |                    | true
          ${meta.absent}              | is_set           |                    | false
          ${meta.absent}              | is_not_set       |                    | true
          ${node.unique.id}           | =                | n1                 | true
          ${node.unique.name}         | =                | golden-a           | true
          ${node.datacenter}          | =                | dc1                | true
          ${node.class}               | =                | edge               | true
          ${node.pool}                | =                | gpu                | true
          ${node.region}              | =                | global             | true
          ${nothing.known}            | =                | x                  | false
          r1                          | =                | ${meta.rack}       | true
          """)
  void holds(String left, String operand, String right, boolean expected) {
    assertEquals(expected, condition(left, operand, right == null ? "" : right).holds(NODE));
  }

  private static Condition condition(String left, String operand, String right) {
    return Condition.of(
        Constraint.newBuilder().setLTarget(left).setOperand(operand).setRTarget(right).build(),
        "global");
  }

  @Test
  void knowsWhatIsUnique() {
    assertTrue(condition("${node.unique.id}", "=", "n1").unique());
    assertTrue(condition("${attr.unique.hostname}", "=", "vm").unique());
    assertTrue(condition("x", "=", "${meta.unique.x}").unique());
    assertFalse(condition("${attr.kernel.name}", "=", "linux").unique());
    assertEquals(
        "${attr.kernel.name} = linux", condition("${attr.kernel.name}", "=", "linux").text());
  }
}
