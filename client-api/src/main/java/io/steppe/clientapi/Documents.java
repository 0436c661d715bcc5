package io.steppe.clientapi;

import com.fasterxml.jackson.core.JsonGenerator;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.json.Json;
import io.steppe.proto.v1.AllocCheckStatus;
import io.steppe.proto.v1.AllocCheckStatuses;
import io.steppe.proto.v1.AllocFileInfo;
import io.steppe.rpc.v1.AllocChecks;
import io.steppe.rpc.v1.AllocStats;
import io.steppe.rpc.v1.ClientFrame;
import io.steppe.rpc.v1.ClientRequest;
import io.steppe.rpc.v1.FsPath;
import io.steppe.rpc.v1.HostStatsCall;
import io.steppe.rpc.v1.MetadataCall;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What agents tell that is one document. */
@ApplicationScoped
class Documents {
  private final NodeCalls calls;

  Documents(NodeCalls calls) {
    this.calls = calls;
  }

  /** Entries of a directory. */
  byte[] list(Request request, String id) throws InterruptedException {
    String path = request.query().text("path").isEmpty() ? "/" : request.query().text("path");
    ClientRequest.Builder call =
        calls
            .ofAllocation(request, ClientRoute.FS_LIST, id)
            .setLs(FsPath.newBuilder().setPath(path));
    List<AllocFileInfo> files = new ArrayList<>();
    for (ClientFrame frame : calls.all(call)) {
      files.addAll(frame.getFiles().getFilesList());
    }
    return Json.writeList(files);
  }

  /** A file's or directory's own entry. */
  byte[] stat(Request request, String id) throws InterruptedException {
    if (!id.isEmpty() && request.query().text("path").isEmpty()) {
      throw Refusal.badRequest("must provide a file name");
    }
    ClientRequest.Builder call =
        calls
            .ofAllocation(request, ClientRoute.FS_STAT, id)
            .setStat(FsPath.newBuilder().setPath(request.query().text("path")));
    return Json.write(calls.one(call).getFile());
  }

  /** What an allocation uses. */
  byte[] allocationStats(Request request, String id) throws InterruptedException {
    ClientRequest.Builder call =
        calls
            .ofAllocation(request, ClientRoute.ALLOCATION_STATS, id)
            .setAllocStats(AllocStats.newBuilder().setTask(request.query().text("task")));
    return Json.write(calls.one(call).getAllocStats());
  }

  /** The latest results of an allocation's checks, by the check's id; null when it has none. */
  byte[] checks(Request request, String id) throws InterruptedException {
    ClientRequest.Builder call =
        calls
            .ofAllocation(request, ClientRoute.ALLOCATION_CHECKS, id)
            .setChecks(AllocChecks.getDefaultInstance());
    AllocCheckStatuses statuses = calls.one(call).getChecks();
    return statuses.getChecksCount() == 0
        ? "null".getBytes(StandardCharsets.UTF_8)
        : byId(statuses.getChecksMap());
  }

  /** What a node's machine uses. */
  byte[] hostStats(Request request) throws InterruptedException {
    ClientRequest.Builder call =
        calls
            .ofNode(request, ClientRoute.STATS, request.query().text("node_id"))
            .setHostStats(HostStatsCall.getDefaultInstance());
    return Json.write(calls.ofHost(request, call).getHostStats());
  }

  /** The labels of a node. */
  byte[] metadata(Request request) throws InterruptedException {
    ClientRequest.Builder call =
        calls
            .ofNode(request, ClientRoute.METADATA, request.query().text("node_id"))
            .setMetadata(MetadataCall.getDefaultInstance());
    return Json.write(calls.ofHost(request, call).getMetadata());
  }

  private static byte[] byId(Map<String, AllocCheckStatus> statuses) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = Json.generator(bytes)) {
      out.writeStartObject();
      for (Map.Entry<String, AllocCheckStatus> status : statuses.entrySet()) {
        out.writeFieldName(status.getKey());
        Json.writeTo(status.getValue(), out);
      }
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("Memory can't fail to be written", e);
    }
    return bytes.toByteArray();
  }
}
