package io.steppe.clientapi.process;

import static io.steppe.http.route.Gives.frames;
import static io.steppe.http.route.Gives.one;
import static io.steppe.http.route.Parameter.flag;
import static io.steppe.http.route.Parameter.id;
import static io.steppe.http.route.Parameter.number;
import static io.steppe.http.route.Parameter.text;

import io.steppe.acl.Access;
import io.steppe.acl.Right;
import io.steppe.http.route.Description;
import io.steppe.http.route.Gives;
import io.steppe.http.route.Parameter;
import io.steppe.http.route.Route;
import io.steppe.http.route.Trait;
import io.steppe.proto.v1.AgentHostResponse;
import io.steppe.rpc.Kind;

/** What processes tell of themselves. */
public enum ProcessRoute implements Route {
  AGENT_HOST(
      Description.get("/v1/agent/host", "The machine that a process runs on")
          .needs(new Right.Agent(Access.READ))
          .takes(server(), node())
          .gives(one(AgentHostResponse.getDefaultInstance()))
          .readsTokens(500, ProcessRoute.NO_TOKEN)
          .refuses(Kind.NOT_FOUND, 404)),
  AGENT_MONITOR(
      Description.get("/v1/agent/monitor", "The log of a process, as it is written")
          .needs(new Right.Agent(Access.READ))
          .takes(
              server(),
              node(),
              text("log_level", "trace, debug, info, warn or error"),
              flag("log_json", "Each line as an object"),
              flag("log_include_location", "With file and line that logged it"),
              flag("plain", "Lines as they are, instead of frames"))
          .gives(frames("StreamFrame, one after another"))
          .refuses(Kind.INVALID, 400)
          .is(Trait.ENDLESS)),
  AGENT_PPROF(
      Description.get("/v1/agent/pprof/{profile}", "A profile of a process, as pprof reads it")
          .needs(new Right.Agent(Access.WRITE))
          .takes(
              server(),
              node(),
              number("seconds", "How long it watches, where it watches; 1 unless given"),
              number("debug", "Above 0: text for people"),
              number("gc", "Above 0: collects garbage before a look at the heap"))
          .gives(new Gives.Content("application/octet-stream", "A profile"))
          .refuses(Kind.INVALID, 400)
          .refuses(Kind.CONFLICT, 429));

  /** Said by an agent, in which {@code %s} is what is wrong with what can be no token. */
  public static final String NO_TOKEN = "ACL token not found or invalid workload identity: %s";

  private final Description description;

  ProcessRoute(Description description) {
    this.description = description;
  }

  @Override
  public Description description() {
    return description;
  }

  private static Parameter server() {
    return text("server_id", "Name of a replica, or leader; the one that is asked unless given");
  }

  private static Parameter node() {
    return id("node_id", "Of an agent");
  }
}
