package io.steppe.alloc.view;

import io.steppe.proto.v1.Evaluation;
import java.util.stream.Stream;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/** Evaluations, by id and by job. */
record EvaluationTable(PMap<String, Evaluation> byId, PMap<JobKey, JobEvaluations> byJob) {
  static final EvaluationTable EMPTY =
      new EvaluationTable(HashTreePMap.empty(), HashTreePMap.empty());

  JobEvaluations of(JobKey key) {
    return byJob.getOrDefault(key, JobEvaluations.NONE);
  }

  EvaluationTable plus(Evaluation evaluation) {
    var key = JobKey.of(evaluation);
    var changed = of(key).plus(evaluation, () -> others(key, evaluation.getId()));
    return new EvaluationTable(byId.plus(evaluation.getId(), evaluation), byJob.plus(key, changed));
  }

  EvaluationTable minus(String id) {
    var known = byId.get(id);
    if (known == null) {
      return this;
    }
    var key = JobKey.of(known);
    var left = of(key).minus(id, () -> others(key, id));
    return new EvaluationTable(
        byId.minus(id), left.isEmpty() ? byJob.minus(key) : byJob.plus(key, left));
  }

  private Stream<Evaluation> others(JobKey key, String id) {
    return of(key).ids().stream().filter(one -> !one.equals(id)).map(byId::get);
  }
}
