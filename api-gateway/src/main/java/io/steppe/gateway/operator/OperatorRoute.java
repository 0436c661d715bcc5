package io.steppe.gateway.operator;

import static io.steppe.http.route.Gives.one;
import static io.steppe.http.route.Parameter.flag;
import static io.steppe.http.route.Parameter.number;
import static io.steppe.http.route.Parameter.text;

import io.steppe.acl.Access;
import io.steppe.acl.Right;
import io.steppe.http.route.Description;
import io.steppe.http.route.Gives;
import io.steppe.http.route.Parameter;
import io.steppe.http.route.Route;
import io.steppe.http.route.Trait;
import io.steppe.proto.v1.AgentSchedulerWorkers;
import io.steppe.proto.v1.AgentSchedulers;
import io.steppe.proto.v1.AutopilotConfiguration;
import io.steppe.proto.v1.SchedulerConfiguration;
import io.steppe.proto.v1.SchedulerConfigurationResponse;
import io.steppe.proto.v1.SchedulerSetConfigurationResponse;
import io.steppe.rpc.Kind;

/** What operators set and look at. */
public enum OperatorRoute implements Route {
  SCHEDULER_CONFIGURATION(
      Description.get("/v1/operator/scheduler/configuration", "How jobs are placed")
          .needs(new Right.Operator(Access.READ))
          .gives(one(SchedulerConfigurationResponse.getDefaultInstance()))
          .is(Trait.INDEXED)),
  SCHEDULER_CONFIGURE(
      Description.write("/v1/operator/scheduler/configuration", "Sets how jobs are placed")
          .needs(new Right.Operator(Access.WRITE))
          .takes(cas())
          .takes(SchedulerConfiguration.getDefaultInstance())
          .gives(one(SchedulerSetConfigurationResponse.getDefaultInstance()))
          .refuses(Kind.INVALID, 400)
          .is(Trait.INDEXED)),
  AUTOPILOT_CONFIGURATION(
      Description.get("/v1/operator/autopilot/configuration", "What is done about dead servers")
          .needs(new Right.Operator(Access.READ))
          .gives(one(AutopilotConfiguration.getDefaultInstance()))),
  AUTOPILOT_CONFIGURE(
      Description.write("/v1/operator/autopilot/configuration", "Sets it; kept and given back")
          .needs(new Right.Operator(Access.WRITE))
          .takes(cas())
          .takes(AutopilotConfiguration.getDefaultInstance())
          .gives(new Gives.Json("Whether it was set"))),
  AUTOPILOT_HEALTH(
      Description.get(
              "/v1/operator/autopilot/health",
              "Whether every service has a replica; 429 with the same document when not")
          .needs(new Right.Operator(Access.READ))
          .gives(new Gives.Json("OperatorHealthReply"))),
  RAFT_CONFIGURATION(
      Description.get("/v1/operator/raft/configuration", "PostgreSQL, and the replicas")
          .needs(new Right.Operator(Access.READ))
          .gives(new Gives.Json("RaftConfiguration"))),
  SNAPSHOT_SAVE(
      Description.get("/v1/operator/snapshot", "The whole region, as an archive")
          .needs(new Right.Management())
          .gives(new Gives.Content("application/x-gzip", "An archive"))),
  SNAPSHOT_RESTORE(
      Description.write("/v1/operator/snapshot", "Puts the region back as an archive has it")
          .needs(new Right.Management())
          .takes(flag("keep_sealed", "Although this region has not the key to its secrets"))),
  SYSTEM_GC(
      Description.put("/v1/system/gc", "Deletes what is over, however young, soon")
          .needs(new Right.Management())),
  SYSTEM_RECONCILE_SUMMARIES(
      Description.put("/v1/system/reconcile/summaries", "Counts allocations of jobs anew")
          .needs(new Right.Management())),
  AGENT_SCHEDULERS(
      Description.get("/v1/agent/schedulers", "The workers that decide evaluations")
          .needs(new Right.Agent(Access.READ))
          .takes(server())
          .gives(one(AgentSchedulers.getDefaultInstance()))
          .readsTokens(403, "%s")),
  AGENT_SCHEDULERS_CONFIG(
      Description.get("/v1/agent/schedulers/config", "How many there are in a replica")
          .needs(new Right.Agent(Access.READ))
          .takes(server())
          .gives(one(AgentSchedulerWorkers.getDefaultInstance()))
          .readsTokens(403, "%s")),
  AGENT_SCHEDULERS_CONFIGURE(
      Description.write("/v1/agent/schedulers/config", "Changes how many there are")
          .needs(new Right.Agent(Access.WRITE))
          .takes(server())
          .takes(AgentSchedulerWorkers.getDefaultInstance())
          .gives(one(AgentSchedulerWorkers.getDefaultInstance()))
          .readsTokens(403, "%s"));

  private final Description description;

  OperatorRoute(Description description) {
    this.description = description;
  }

  @Override
  public Description description() {
    return description;
  }

  private static Parameter cas() {
    return number("cas", "Only if the present one was set at this index");
  }

  private static Parameter server() {
    return text("server_id", "A replica of alloc-service; all of them unless given");
  }
}
