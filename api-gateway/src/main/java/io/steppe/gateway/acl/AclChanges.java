package io.steppe.gateway.acl;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.steppe.ledger.Change;
import io.steppe.ledger.EventTag;
import io.steppe.ledger.Tables;
import io.steppe.proto.v1.ACLBindingRule;
import io.steppe.proto.v1.ACLRole;
import io.steppe.rpc.v1.StoredAuthMethod;
import io.steppe.rpc.v1.StoredPolicy;
import io.steppe.rpc.v1.StoredToken;
import java.util.List;
import java.util.Optional;

/** Changes of who may do what, with the events they show as. */
public final class AclChanges {
  private AclChanges() {}

  public static Change put(StoredPolicy policy) {
    return put(Tables.ACL_POLICIES, tag("ACLPolicy", policy.getPolicy().getName()), policy);
  }

  public static Change delete(StoredPolicy policy) {
    return delete(Tables.ACL_POLICIES, tag("ACLPolicy", policy.getPolicy().getName()), policy);
  }

  public static Change put(StoredToken token) {
    return put(Tables.ACL_TOKENS, tag("ACLToken", token.getToken().getAccessorId()), token);
  }

  public static Change delete(StoredToken token) {
    return delete(Tables.ACL_TOKENS, tag("ACLToken", token.getToken().getAccessorId()), token);
  }

  public static Change put(ACLRole role) {
    return put(Tables.ACL_ROLES, tag("ACLRole", role.getId(), role.getName()), role);
  }

  public static Change delete(ACLRole role) {
    return delete(Tables.ACL_ROLES, tag("ACLRole", role.getId(), role.getName()), role);
  }

  public static Change put(StoredAuthMethod method) {
    return put(Tables.ACL_AUTH_METHODS, tag("ACLAuthMethod", method.getMethod().getName()), method);
  }

  public static Change delete(StoredAuthMethod method) {
    return delete(
        Tables.ACL_AUTH_METHODS, tag("ACLAuthMethod", method.getMethod().getName()), method);
  }

  public static Change put(ACLBindingRule rule) {
    return put(
        Tables.ACL_BINDING_RULES, tag("ACLBindingRule", rule.getId(), rule.getAuthMethod()), rule);
  }

  public static Change delete(ACLBindingRule rule) {
    return delete(
        Tables.ACL_BINDING_RULES, tag("ACLBindingRule", rule.getId(), rule.getAuthMethod()), rule);
  }

  private record Tag(String topic, String key, List<String> filterKeys) {
    EventTag with(String type, Optional<ByteString> last) {
      return new EventTag(topic, topic + type, key, "", filterKeys, last);
    }
  }

  private static Tag tag(String topic, String key, String... filterKeys) {
    return new Tag(topic, key, List.of(filterKeys));
  }

  private static Change put(String table, Tag tag, MessageLite object) {
    return Change.put(table, tag.key(), object.toByteString())
        .shownAs(tag.with("Upserted", Optional.empty()));
  }

  private static Change delete(String table, Tag tag, MessageLite object) {
    return Change.delete(table, tag.key())
        .shownAs(tag.with("Deleted", Optional.of(object.toByteString())));
  }
}
