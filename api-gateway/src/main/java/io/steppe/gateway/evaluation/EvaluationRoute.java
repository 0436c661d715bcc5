package io.steppe.gateway.evaluation;

import static io.steppe.http.route.Gives.list;
import static io.steppe.http.route.Gives.one;
import static io.steppe.http.route.Parameter.flag;
import static io.steppe.http.route.Parameter.text;
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
import io.steppe.proto.v1.Evaluation;

/** Routes about evaluations. */
public enum EvaluationRoute implements Route {
  EVALUATIONS(
      Description.get("/v1/evaluations", "The evaluations")
          .needs(Right.namespace("read-job"))
          .takes(text("job", "Only of this job"), text("status", "Only in this status"))
          .gives(list(Evaluation.getDefaultInstance()))
          .is(INDEXED, BLOCKING, PAGED, NAMESPACED)
          .refuses(INVALID, 400)),
  EVALUATION(
      Description.get("/v1/evaluation/{eval_id}", "An evaluation")
          .needs(Right.namespace("read-job"))
          .takes(flag("related", "With those that led to it or came from it"))
          .gives(one(Evaluation.getDefaultInstance()))
          .is(INDEXED, BLOCKING)
          .refuses(NOT_FOUND, 404, "eval not found")),
  EVALUATION_ALLOCATIONS(
      Description.get("/v1/evaluation/{eval_id}/allocations", "Allocations that came from it")
          .needs(Right.namespace("read-job"))
          .gives(list(AllocListStub.getDefaultInstance()))
          .is(INDEXED, BLOCKING, PAGED)
          .refuses(INVALID, 400));

  private final Description description;

  EvaluationRoute(Description description) {
    this.description = description;
  }

  @Override
  public Description description() {
    return description;
  }
}
