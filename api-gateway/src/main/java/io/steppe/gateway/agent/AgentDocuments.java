package io.steppe.gateway.agent;

import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.ByteString;
import io.steppe.gateway.GatewaySettings;
import io.steppe.gateway.cluster.Membership;
import io.steppe.proto.v1.AgentMember;
import io.steppe.proto.v1.ServerMembers;
import io.steppe.rpc.v1.Member;
import io.steppe.rpc.v1.MembersReply;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.util.Locale;

/** The documents of the Agent API, with what is true of this gateway. */
@ApplicationScoped
class AgentDocuments {
  private static final int PROTOCOL_MAX = 5;
  private static final int PROTOCOL = 2;
  private static final int DELEGATE = 4;

  private final GatewaySettings settings;

  AgentDocuments(GatewaySettings settings) {
    this.settings = settings;
  }

  /** Where this gateway is. */
  ServerMembers place() {
    return ServerMembers.newBuilder()
        .setServerRegion(settings.region())
        .setServerDc(settings.datacenter())
        .build();
  }

  /** A replica, as members are shown. */
  AgentMember member(Member member) {
    return AgentMember.newBuilder()
        .setName(member.getId() + "." + settings.region())
        .setAddr(host(member))
        .setPort(port(member))
        .putTags("role", "nomad")
        .putTags("service", member.getService())
        .putTags("id", member.getId())
        .putTags("region", settings.region())
        .putTags("dc", settings.datacenter())
        .putTags("build", Documents.API_VERSION)
        .putTags("version", member.getVersion())
        .putTags("rpc_addr", host(member))
        .putTags("port", String.valueOf(port(member)))
        .setStatus(member.getAlive() ? "alive" : "failed")
        .setProtocolMin(1)
        .setProtocolMax(PROTOCOL_MAX)
        .setProtocolCur(PROTOCOL)
        .setDelegateMin(PROTOCOL)
        .setDelegateMax(PROTOCOL_MAX)
        .setDelegateCur(DELEGATE)
        .build();
  }

  ByteString config(Member self, boolean aclEnabled) {
    return ByteString.copyFrom(
        Documents.json(
            out -> {
              out.writeStartObject();
              object(out, "ACL", () -> out.writeBooleanField("Enabled", aclEnabled));
              object(out, "AdvertiseAddrs", () -> out.writeStringField("HTTP", self.getAddress()));
              object(out, "Client", () -> out.writeBooleanField("Enabled", false));
              out.writeStringField("Datacenter", settings.datacenter());
              out.writeBooleanField("DevMode", false);
              out.writeBooleanField("EnableDebug", settings.enableDebug().orElse(false));
              out.writeStringField("LogLevel", "INFO");
              out.writeStringField("NodeName", self.getId());
              object(out, "Ports", () -> out.writeNumberField("HTTP", port(self)));
              out.writeStringField("Region", settings.region());
              object(out, "Server", () -> out.writeBooleanField("Enabled", true));
              object(
                  out,
                  "TLSConfig",
                  () -> {
                    out.writeBooleanField("EnableHTTP", false);
                    out.writeBooleanField("EnableRPC", false);
                  });
              object(out, "UI", () -> out.writeBooleanField("Enabled", false));
              object(out, "Version", () -> version(out, self));
              out.writeEndObject();
            }));
  }

  ByteString stats(MembersReply members, int knownRegions) {
    return ByteString.copyFrom(
        Documents.json(
            out -> {
              out.writeStartObject();
              object(
                  out,
                  "nomad",
                  () -> {
                    out.writeStringField("server", "true");
                    out.writeStringField("leader", "false");
                    out.writeStringField(
                        "leader_addr",
                        Membership.leader(members).map(Member::getAddress).orElse(""));
                    out.writeStringField("bootstrap", "false");
                    out.writeStringField("known_regions", Integer.toString(knownRegions));
                  });
              object(out, "raft", () -> log(out, members));
              object(out, "runtime", () -> runtime(out));
              out.writeEndObject();
            }));
  }

  private static void version(JsonGenerator out, Member self) throws IOException {
    out.writeNullField("BuildDate");
    out.writeStringField("Revision", "");
    out.writeStringField("Version", Documents.API_VERSION);
    out.writeStringField("VersionMetadata", "steppe-" + self.getVersion());
    out.writeStringField("VersionPrerelease", "");
  }

  private static void log(JsonGenerator out, MembersReply members) throws IOException {
    String index = Long.toUnsignedString(members.getIndex());
    out.writeStringField("applied_index", index);
    out.writeStringField("commit_index", index);
    out.writeStringField("last_log_index", index);
    out.writeStringField("term", Long.toUnsignedString(members.getEpoch()));
  }

  private static void runtime(JsonGenerator out) throws IOException {
    String processors = String.valueOf(Runtime.getRuntime().availableProcessors());
    out.writeStringField("kernel.name", System.getProperty("os.name").toLowerCase(Locale.ROOT));
    out.writeStringField("arch", System.getProperty("os.arch"));
    out.writeStringField("version", "java " + Runtime.version());
    out.writeStringField("cpu_count", processors);
    out.writeStringField("max_procs", processors);
  }

  private static String host(Member member) {
    int colon = member.getAddress().lastIndexOf(':');
    return colon < 0 ? member.getAddress() : member.getAddress().substring(0, colon);
  }

  private static int port(Member member) {
    int colon = member.getAddress().lastIndexOf(':');
    String port = member.getAddress().substring(colon + 1);
    return colon >= 0 && port.matches("[0-9]{1,5}") ? Integer.parseInt(port) : 0;
  }

  private static void object(JsonGenerator out, String name, Fields fields) throws IOException {
    out.writeObjectFieldStart(name);
    fields.write();
    out.writeEndObject();
  }

  private interface Fields {
    void write() throws IOException;
  }
}
