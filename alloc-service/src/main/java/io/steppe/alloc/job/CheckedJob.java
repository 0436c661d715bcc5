package io.steppe.alloc.job;

import io.steppe.alloc.canonical.Canonicaliser;
import io.steppe.alloc.canonical.Validation;
import io.steppe.alloc.canonical.Validator;
import io.steppe.proto.v1.Job;

/** A job as it came in, made canonical, and what was found on checking it. */
record CheckedJob(Job job, Validation validation) {
  static CheckedJob of(Job given) {
    var job = Canonicaliser.canonicalise(given);
    return new CheckedJob(job, Validator.validate(job));
  }
}
