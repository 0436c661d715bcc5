package io.steppe.query;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventFiltersTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Topic == Node and Payload.Node.Status == down",
        "Payload.Node.Meta.anything == x",
        "Payload.Node.Attributes[\"os.name\"] == ubuntu",
        "\"/Payload/Job/TaskGroups/0/Tasks/0/Config/command\" == date",
        "Payload.Job.Meta is empty or not (Payload.Evaluation.TriggeredBy == \"job-register\")",
        "any FilterKeys as key { key == web }",
        "any Payload.Job.TaskGroups as group { group.Name == web }",
        "any Payload.Allocation.TaskStates as name, state { state.State == running }",
        "all Payload.Node.Drivers as _, d { d.Healthy == true }"
      })
  void namesOfEventsAndOfTheirObjectsAreTaken(String filter) {
    assertDoesNotThrow(() -> EventFilters.parse(filter));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Colour == blue | /Colour at part 0 | Colour",
        "topic == Node | /topic at part 0 | topic",
        "Payload.Colour == blue | /Payload/Colour at part 1 | Colour",
        "Topic == Node and Payload.Node.Colour == x | /Payload/Node/Colour at part 2 | Colour",
        "not Payload.Node.Status.Colour == x | /Payload/Node/Status/Colour at part 3 | Colour",
        "Payload.Node.SecretHash == x | /Payload/Node/SecretHash at part 2 | SecretHash",
        "any Payload.Job.TaskGroups as g { g.Colour == x } | /g/Colour at part 1 | Colour"
      })
  void namesThatNoEventHasAreRefusedInTheWordsOfLists(String filter, String where, String name) {
    InvalidFilterException refused =
        assertThrows(InvalidFilterException.class, () -> EventFilters.parse(filter));
    assertEquals(
        "error finding value in datum: %s: couldn't find key: struct field with name \"%s\""
            .formatted(where, name),
        refused.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"any Topic as t { t == Node }", "all Payload.Node as n { n == x }"})
  void elementsAreOfListsAndMaps(String filter) {
    assertThrows(InvalidFilterException.class, () -> EventFilters.parse(filter));
  }
}
