package io.steppe.gateway.http;

import io.steppe.clientapi.ClientRoute;
import io.steppe.clientapi.process.ProcessRoute;
import io.steppe.gateway.acl.AclRoute;
import io.steppe.gateway.acl.MethodRoute;
import io.steppe.gateway.agent.AgentRoute;
import io.steppe.gateway.allocation.AllocationRoute;
import io.steppe.gateway.deployment.DeploymentRoute;
import io.steppe.gateway.evaluation.EvaluationRoute;
import io.steppe.gateway.event.SinkRoute;
import io.steppe.gateway.event.StreamRoute;
import io.steppe.gateway.identity.IdentityRoute;
import io.steppe.gateway.job.JobRoute;
import io.steppe.gateway.metrics.MetricsRoute;
import io.steppe.gateway.namespace.NamespaceRoute;
import io.steppe.gateway.node.NodeRoute;
import io.steppe.gateway.node.PoolRoute;
import io.steppe.gateway.operator.OperatorRoute;
import io.steppe.http.route.RouteTable;

/**
 * Every route of the gateway. Each feature has an enum of its own; one that is not named here
 * answers nothing.
 */
public final class GatewayRoutes {
  /** The table. */
  public static final RouteTable TABLE =
      RouteTable.of(
          AclRoute.values(),
          MethodRoute.values(),
          AgentRoute.values(),
          AllocationRoute.values(),
          ClientRoute.values(),
          DeploymentRoute.values(),
          EvaluationRoute.values(),
          IdentityRoute.values(),
          JobRoute.values(),
          MetricsRoute.values(),
          NamespaceRoute.values(),
          NodeRoute.values(),
          OperatorRoute.values(),
          PoolRoute.values(),
          ProcessRoute.values(),
          SinkRoute.values(),
          StreamRoute.values());

  private GatewayRoutes() {}
}
