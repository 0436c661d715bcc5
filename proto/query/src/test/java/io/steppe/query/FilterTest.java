package io.steppe.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.steppe.proto.v1.DriverInfo;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.NodeCpuResources;
import io.steppe.proto.v1.NodeEvent;
import io.steppe.proto.v1.NodeResources;
import io.steppe.proto.v1.Task;
import io.steppe.proto.v1.TaskGroup;
import io.steppe.query.InvalidFilterException.Kind;
import org.junit.jupiter.api.Test;

class FilterTest {
  private static final Node NODE =
      Node.newBuilder()
          .setId("3f8b0a52-7c1e-4e0d-9d53-6a1c2b3d4e5f")
          .setName("worker-1")
          .setStatus("ready")
          .setNodeClass("")
          .setHttpAddr("10.0.0.1:4646")
          .setTlsEnabled(true)
          .setCreateIndex(7)
          .setNodeMaxAllocs(-1)
          .putMeta("rack", "r1")
          .putMeta("empty", "")
          .putMeta("path", "/srv/data")
          .putAttributes("os.name", "ubuntu")
          .putAttributes("cpu/arch", "amd64")
          .putDrivers("exec", DriverInfo.newBuilder().setDetected(true).setHealthy(false).build())
          .putDrivers("docker", DriverInfo.newBuilder().setDetected(true).setHealthy(true).build())
          .addEvents(NodeEvent.newBuilder().setMessage("Node registered").setSubsystem("Cluster"))
          .addEvents(NodeEvent.newBuilder().setMessage("Node drain complete").setSubsystem("Drain"))
          .setNodeResources(
              NodeResources.newBuilder()
                  .setCpu(
                      NodeCpuResources.newBuilder().setCpuShares(4000).addReservableCpuCores(3)))
          .setSecretHash("abc")
          .build();

  @Test
  void textIsComparedAsItIs() {
    assertHolds("Status == ready");
    assertHolds("Status == \"ready\"");
    assertHolds("Status == `ready`");
    assertHolds("Status != down");
    assertHolds("Name == \"w\\x6frker-1\"");
    assertFails("Status == Ready");
  }

  @Test
  void literalsAreTakenAsTheTypeOfTheValue() {
    assertHolds("TLSEnabled == true");
    assertHolds("TLSEnabled == 1");
    assertHolds("CreateIndex == 7");
    assertHolds("CreateIndex == \"0x7\"");
    assertHolds("NodeMaxAllocs == -1");
    assertHolds("NodeResources.Cpu.CpuShares != 3999");
  }

  @Test
  void aLiteralThatIsNoSuchValueIsAnError() {
    assertError(
        "CreateIndex == x",
        "error getting match value in expression: strconv.ParseUint: parsing \"x\": invalid"
            + " syntax");
    assertError(
        "NodeMaxAllocs == 99999999999999999999",
        "error getting match value in expression: strconv.ParseInt: parsing"
            + " \"99999999999999999999\": value out of range");
    assertError(
        "TLSEnabled == yes",
        "error getting match value in expression: strconv.ParseBool: parsing \"yes\": invalid"
            + " syntax");
  }

  @Test
  void containersAndTextContain() {
    assertHolds("Name contains ork");
    assertHolds("ork in Name");
    assertHolds("Meta contains rack");
    assertHolds("zone not in Meta");
    assertHolds("3 in NodeResources.Cpu.ReservableCpuCores");
    assertHolds("NodeResources.Cpu.ReservableCpuCores not contains 4");
    assertError(
        "Status contains x and CreateIndex contains 7",
        "cannot perform in/contains operations on type uint64 for selector: \"CreateIndex\"",
        NODE.toBuilder().setStatus("x").build());
  }

  @Test
  void patternsMatchAnywhere() {
    assertHolds("Name matches \"^work\"");
    assertHolds("Name not matches \"^ork\"");
    assertHolds("Name matches `\\d`");
    assertError(
        "Name matches \"a(\"",
        "failed to compile regular expression \"a(\": error parsing regexp: missing closing ):"
            + " `a(`");
  }

  @Test
  void patternsAreBounded() {
    String large = "((((a{100}){100}){100}){100}){100}";
    assertError(
        "Name matches `" + large + "`",
        "failed to compile regular expression \"%s\": error parsing regexp: expression too large: `%s`"
            .formatted(large, large));
    assertError(
        "Name matches `" + "a{1000}".repeat(6) + "`",
        "failed to compile regular expression \"%s\": error parsing regexp: expression too large: `%s`"
            .formatted("a{1000}".repeat(6), "a{1000}".repeat(6)));
    assertFails("Name matches `(a{30}[{}]{20}|x{2,}){3}`");
    assertHolds("Name matches `^[[:alpha:]()\\]]{3,1000}-\\d$`");
  }

  @Test
  void emptinessIsOfTextListsAndMaps() {
    assertHolds("NodeClass is empty");
    assertHolds("Meta is not empty");
    assertHolds("Links is empty");
    assertHolds("Meta.empty is empty");
    assertError(
        "CreateIndex is empty",
        "cannot perform is-empty operations on type uint64 for selector: \"CreateIndex\"");
  }

  @Test
  void aNameThatAMapDoesNotHaveEqualsNothing() {
    assertFails("Meta.zone == x");
    assertHolds("Meta.zone != x");
    assertHolds("Meta.zone is empty");
    assertFails("Meta.zone is not empty");
    assertFails("Meta.zone contains x");
    assertHolds("Meta.zone not contains x");
    assertHolds("x not in Meta.zone");
    assertFails("Meta.zone matches \".*\"");
    assertHolds("Meta.zone not matches \".*\"");
    assertError(
        "Drivers.java.Healthy == true",
        "error finding value in datum: /Drivers/java/Healthy at part 1: couldn't find key"
            + " \"java\"");
  }

  @Test
  void selectorsReachIntoMapsAndLists() {
    assertHolds("Attributes[\"os.name\"] == ubuntu");
    assertHolds("\"/Attributes/os.name\" == ubuntu");
    assertHolds("\"/Attributes/cpu~1arch\" == amd64");
    assertHolds("Events.1.Subsystem == Drain");
    assertHolds("Drivers[`docker`].Healthy == true");
    assertError(
        "Events.2.Subsystem == Drain",
        "error finding value in datum: /Events/2/Subsystem at part 1: index 2 is out of range"
            + " (length = 2)");
    assertError(
        "Status.x == y",
        "error finding value in datum: /Status/x: at part 1, invalid value kind: string");
  }

  @Test
  void quotedTextIsWhatItSays() {
    assertHolds("Meta.path == \"/srv/data\"");
    assertHolds("Meta.path contains \"/data\"");
  }

  @Test
  void aFieldThatThereIsNotIsAnError() {
    assertError(
        "Nope == \"x\"",
        "error finding value in datum: /Nope at part 0: couldn't find key: struct field with name"
            + " \"Nope\"");
    assertError(
        "status == ready",
        "error finding value in datum: /status at part 0: couldn't find key: struct field with"
            + " name \"status\"");
  }

  @Test
  void whatJsonDoesNotShowCantBeAskedFor() {
    assertError(
        "SecretHash matches \"^a\"",
        "error finding value in datum: /SecretHash at part 0: couldn't find key: struct field with"
            + " name \"SecretHash\"");
  }

  @Test
  void anUnsetMessageIsNil() {
    assertHolds("DrainStrategy is nil");
    assertHolds("NodeResources is not nil");
    assertError(
        "DrainStrategy.Deadline == 5",
        "error finding value in datum: /DrainStrategy/Deadline: at part 1, invalid value kind:"
            + " invalid");
  }

  @Test
  void elementsAreAskedByName() {
    assertHolds("any Events as e { e.Subsystem == Drain }");
    assertFails("all Events as e { e.Subsystem == Drain }");
    assertHolds("any Drivers as name, d { name == docker and d.Healthy == true }");
    assertHolds("any Drivers as name { name == exec }");
    assertHolds("all Events as i, _ { i != 2 }");
    assertHolds("any Events as _, e { any Drivers as _, d { d.Healthy == true } }");
    assertHolds("all Links as l { l == x }");
    assertError("any Status as s { s == x }", "Status is not a list or a map");
  }

  @Test
  void andBindsTighterThanOr() {
    assertHolds("Status == ready or Status == x and Status == y");
    assertFails("(Status == ready or Status == x) and Status == y");
    assertHolds("not Status == x and Status == ready");
    assertHolds("not (Status == x and Status == ready)");
    assertHolds("not not Status == ready");
  }

  @Test
  void rawValuesAreLookedInto() {
    Job job =
        Job.newBuilder()
            .addTaskGroups(
                TaskGroup.newBuilder()
                    .addTasks(
                        Task.newBuilder()
                            .setConfig(
                                ByteString.copyFromUtf8(
                                    "{\"image\":\"redis:7\",\"args\":[\"-p\",1]}"))))
            .build();
    assertTrue(Filter.parse("TaskGroups.0.Tasks.0.Config.image matches \"^redis:\"").matches(job));
    assertTrue(Filter.parse("\"-p\" in TaskGroups.0.Tasks.0.Config.args").matches(job));
  }

  @Test
  void sizeAndDepthAreBounded() {
    String deep = "(".repeat(Filter.MAX_DEPTH + 1) + "A == b" + ")".repeat(Filter.MAX_DEPTH + 1);
    assertEquals("the expression is nested more than 64 levels deep", refusal(deep).getMessage());
    String wide = "A == b and ".repeat(1480) + "A == b";
    Filter.parse(wide);
    String long_ = wide + " ".repeat(Filter.MAX_LENGTH);
    assertEquals("the expression is longer than 16384 characters", refusal(long_).getMessage());
  }

  private static InvalidFilterException refusal(String expression) {
    InvalidFilterException e =
        assertThrows(InvalidFilterException.class, () -> Filter.parse(expression));
    assertEquals(Kind.SYNTAX, e.kind());
    return e;
  }

  private static void assertHolds(String expression) {
    assertTrue(Filter.parse(expression).matches(NODE), expression);
  }

  private static void assertFails(String expression) {
    assertFalse(Filter.parse(expression).matches(NODE), expression);
  }

  private static void assertError(String expression, String text) {
    assertError(expression, text, NODE);
  }

  private static void assertError(String expression, String text, Node node) {
    Filter filter = Filter.parse(expression);
    InvalidFilterException e =
        assertThrows(InvalidFilterException.class, () -> filter.matches(node));
    assertEquals(text, e.getMessage());
    assertEquals(Kind.EVALUATION, e.kind());
    assertEquals("failed to read result page: " + text, e.asFailure().getMessage());
  }
}
