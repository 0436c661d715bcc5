package io.steppe.gateway.allocation;

import static io.steppe.http.route.Gives.list;
import static io.steppe.http.route.Gives.one;
import static io.steppe.http.route.Parameter.flag;
import static io.steppe.http.route.Trait.BLOCKING;
import static io.steppe.http.route.Trait.INDEXED;
import static io.steppe.http.route.Trait.NAMESPACED;
import static io.steppe.http.route.Trait.PAGED;
import static io.steppe.rpc.Kind.INVALID;
import static io.steppe.rpc.Kind.NOT_FOUND;

import io.steppe.acl.Right;
import io.steppe.http.route.Description;
import io.steppe.http.route.Route;
import io.steppe.proto.v1.AllocListStub;
import io.steppe.proto.v1.AllocStopResponse;
import io.steppe.proto.v1.Allocation;

/** Routes about allocations. */
public enum AllocationRoute implements Route {
  ALLOCATIONS(
      Description.get("/v1/allocations", "The allocations")
          .needs(Right.namespace("read-job"))
          .takes(
              flag("resources", "With what they have"),
              flag("task_states", "With the states of their tasks; true where it is not given"))
          .gives(list(AllocListStub.getDefaultInstance()))
          .is(INDEXED, BLOCKING, PAGED, NAMESPACED)
          .refuses(INVALID, 400)),
  ALLOCATION(
      Description.get("/v1/allocation/{alloc_id}", "An allocation with its job")
          .needs(Right.namespace("read-job"))
          .gives(one(Allocation.getDefaultInstance()))
          .is(INDEXED, BLOCKING)
          .refuses(NOT_FOUND, 404, "alloc not found")),
  ALLOCATION_STOP(
      Description.write("/v1/allocation/{alloc_id}/stop", "Stops it; its job gets another")
          .needs(Right.namespace("alloc-lifecycle"))
          .takes(flag("no_shutdown_delay", "Whether tasks are stopped without their delay"))
          .gives(one(AllocStopResponse.getDefaultInstance()))
          .is(INDEXED)
          .refuses(NOT_FOUND, 404, "allocation not found"));

  private final Description description;

  AllocationRoute(Description description) {
    this.description = description;
  }

  @Override
  public Description description() {
    return description;
  }
}
