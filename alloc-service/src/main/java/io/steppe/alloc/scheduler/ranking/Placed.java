package io.steppe.alloc.scheduler.ranking;

import io.steppe.alloc.scheduler.fleet.NodeFacts;
import io.steppe.proto.v1.AllocatedResources;

/** Where an allocation goes, and what it has there. */
public record Placed(NodeFacts node, AllocatedResources resources) {}
