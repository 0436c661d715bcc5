package io.steppe.gateway.acl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.acl.CompiledAcls;
import io.steppe.acl.Identity;
import io.steppe.acl.Right;
import io.steppe.acl.state.AclView;
import io.steppe.proto.v1.ACLPolicy;
import io.steppe.proto.v1.JobACL;
import io.steppe.rpc.v1.IdentifyReply;
import io.steppe.rpc.v1.NamespaceRule;
import io.steppe.rpc.v1.PolicyRules;
import io.steppe.rpc.v1.StoredPolicy;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

/** What a task may do by the policies that are of its job. */
class WorkloadRightsTest {
  private static final IdentifyReply TASK =
      IdentifyReply.newBuilder()
          .setNamespace("default")
          .setJobId("web")
          .setTaskGroup("front")
          .setTask("proxy")
          .setAllocId("an-allocation")
          .setExpires(2_000_000_000L)
          .build();

  @Test
  void aPolicyIsOfTheTasksItNames() {
    assertTrue(may(JobACL.newBuilder().setNamespace("default")));
    assertTrue(may(JobACL.newBuilder().setNamespace("default").setJobId("web")));
    assertTrue(may(of("web", "front", "")));
    assertTrue(may(of("web", "front", "proxy")));
  }

  @Test
  void aPolicyOfOthersGivesNothing() {
    assertFalse(may(JobACL.newBuilder().setNamespace("other").setJobId("web")));
    assertFalse(may(of("api", "", "")));
    assertFalse(may(of("web", "back", "")));
    assertFalse(may(of("web", "front", "cache")));
    assertFalse(may(JobACL.newBuilder()), "a policy of no namespace is of no task");
    assertFalse(
        identity(ACLPolicy.newBuilder().setName("for-tokens").build()).may(readJob(), "default"));
  }

  @Test
  void isKnownByItsAllocationUntilItsTokenEnds() {
    Identity identity = identity(policy(of("web", "", "")));
    assertEquals("alloc:an-allocation", identity.accessorId());
    assertEquals("web/front/proxy", identity.name());
    assertEquals(Instant.ofEpochSecond(2), identity.expires());
  }

  private static JobACL.Builder of(String job, String group, String task) {
    return JobACL.newBuilder().setNamespace("default").setJobId(job).setGroup(group).setTask(task);
  }

  private static boolean may(JobACL.Builder of) {
    return identity(policy(of)).may(readJob(), "default");
  }

  private static ACLPolicy policy(JobACL.Builder of) {
    return ACLPolicy.newBuilder().setName("workloads").setJobAcl(of).build();
  }

  private static Right readJob() {
    return Right.namespace("read-job");
  }

  private static Identity identity(ACLPolicy policy) {
    StoredPolicy stored =
        StoredPolicy.newBuilder()
            .setPolicy(policy)
            .setRules(
                PolicyRules.newBuilder()
                    .addNamespaces(
                        NamespaceRule.newBuilder()
                            .setPattern("default")
                            .addCapabilities("read-job")))
            .build();
    AclView empty = AclView.empty();
    AclView view =
        new AclView(
            TreePMap.singleton(policy.getName(), stored),
            empty.tokens(),
            empty.oneTimeTokens(),
            empty.roles(),
            empty.methods(),
            empty.rules(),
            empty.bootstrap());
    return new CompiledAcls().identity(view.workloadRights(TASK));
  }
}
