package io.steppe.gateway.region;

import com.google.protobuf.ByteString;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.steppe.proto.v1.AllocFileInfo;
import io.steppe.proto.v1.AllocResourceUsage;
import io.steppe.proto.v1.HostStats;
import io.steppe.proto.v1.StreamFrame;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Frames;
import io.steppe.rpc.v1.ClientFrame;
import io.steppe.rpc.v1.ClientRequest;
import io.steppe.rpc.v1.ClientUp;
import io.steppe.rpc.v1.ClientsGrpc;
import io.steppe.rpc.v1.ExecInput;
import io.steppe.rpc.v1.ExecOutput;
import io.steppe.rpc.v1.FileList;
import io.steppe.rpc.v1.FsStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Agents in memory: {@code numbers.txt} and the log of every task hold ten digits; {@code
 * endless.txt} never ends; a followed log waits for what is appended.
 */
public final class ClientsEndpoint extends ClientsGrpc.ClientsImplBase {
  private static final String DIGITS = "0123456789";
  private static final int PIECE = 32 << 10;

  private final Region region;
  private final AtomicLong sent = new AtomicLong();
  private final AtomicInteger open = new AtomicInteger();
  private final List<Call> followers = new ArrayList<>();
  private String log = DIGITS;
  private volatile String lostNode = "";

  ClientsEndpoint(Region region) {
    this.region = region;
  }

  /** Bytes of the endless file that left the agents so far. */
  public long sent() {
    return sent.get();
  }

  /** Calls that agents answer now. */
  public int open() {
    return open.get();
  }

  /** Streams that follow the log now. */
  public int followers() {
    synchronized (followers) {
      followers.removeIf(call -> call.out.isCancelled());
      return followers.size();
    }
  }

  /** The tasks write; streams that follow get it. */
  public void append(String text) {
    synchronized (followers) {
      log += text;
      followers.removeIf(call -> call.out.isCancelled());
      followers.forEach(Call::more);
    }
  }

  /** The log is as at the beginning. */
  public void reset() {
    synchronized (followers) {
      log = DIGITS;
    }
  }

  /** The agent of a node is gone; none for nobody's. */
  public void lose(String node) {
    lostNode = node;
  }

  @Override
  public StreamObserver<ClientUp> open(StreamObserver<ClientFrame> out) {
    return new Call((ServerCallStreamObserver<ClientFrame>) out);
  }

  private final class Call implements StreamObserver<ClientUp> {
    private final ServerCallStreamObserver<ClientFrame> out;
    private long credit;
    private long stdinCredit = Frames.FREE_STDIN;
    private boolean endless;
    private int position;

    Call(ServerCallStreamObserver<ClientFrame> out) {
      this.out = out;
      open.incrementAndGet();
      out.setOnCancelHandler(open::decrementAndGet);
    }

    @Override
    public synchronized void onNext(ClientUp up) {
      if (up.hasRequest()) {
        credit = up.getRequest().getCredit();
        answer(up.getRequest());
      } else if (up.hasInput()) {
        input(up.getInput());
      } else {
        credit += up.getCredit();
      }
      while (endless && credit > 0 && !out.isCancelled()) {
        data(ByteString.copyFrom(new byte[PIECE]), PIECE);
        sent.addAndGet(PIECE);
        credit -= PIECE;
      }
    }

    @Override
    public void onError(Throwable error) {}

    @Override
    public void onCompleted() {
      out.onCompleted();
    }

    private void answer(ClientRequest request) {
      if (!region.nodes.containsKey(request.getNodeId()) || request.getNodeId().equals(lostNode)) {
        fail(Failure.notFound("No path to node"));
        return;
      }
      switch (request.getCallCase()) {
        case LS -> list(request.getLs().getPath());
        case STAT -> stat(request.getStat().getPath());
        case CAT -> read(request.getCat().getPath(), 0, Long.MAX_VALUE);
        case READ_AT ->
            read(
                request.getReadAt().getPath(),
                request.getReadAt().getOffset(),
                request.getReadAt().getLimit());
        case STREAM -> stream(request.getStream());
        case LOGS ->
            log(
                request.getLogs().getOffset(),
                request.getLogs().getLimit(),
                request.getLogs().getFollow());
        case ALLOC_STATS ->
            one(
                ClientFrame.newBuilder()
                    .setAllocStats(AllocResourceUsage.newBuilder().setTimestamp(5))
                    .build());
        case HOST_STATS ->
            one(ClientFrame.newBuilder().setHostStats(HostStats.newBuilder().setUptime(9)).build());
        case EXEC -> {
          if (request.getExec().getTask().equals("nope")) {
            fail(Failure.notFound("Unknown task"));
          }
        }
        default -> deed(request);
      }
    }

    private void deed(ClientRequest request) {
      try {
        one(Deeds.of(request));
      } catch (Failure refused) {
        fail(refused);
      }
    }

    /** A command that says what it is told, and the size of its window when that changes. */
    private void input(ExecInput input) {
      switch (input.getInputCase()) {
        case STDIN -> {
          int size = input.getStdin().size();
          stdinCredit -= size;
          if (stdinCredit < 0) {
            fail(Failure.invalid("input without credit"));
            return;
          }
          exec(ExecOutput.newBuilder().setStdout(input.getStdin()));
          exec(ExecOutput.newBuilder().setStdinCredit(size));
          stdinCredit += size;
        }
        case TTY_SIZE -> {
          String size = input.getTtySize().getWidth() + "x" + input.getTtySize().getHeight();
          exec(ExecOutput.newBuilder().setStderr(ByteString.copyFromUtf8(size)));
        }
        case STDIN_CLOSED -> {
          exec(ExecOutput.newBuilder().setStdoutClosed(true));
          exec(ExecOutput.newBuilder().setStderrClosed(true));
          exec(ExecOutput.newBuilder().setExitCode(3));
          end();
        }
        case INPUT_NOT_SET -> {}
      }
    }

    private void exec(ExecOutput.Builder output) {
      out.onNext(ClientFrame.newBuilder().setExec(output).build());
    }

    private void list(String path) {
      if (path.contains("nope")) {
        fail(Failure.notFound("open /allocs/nope.txt: no such file or directory"));
        return;
      }
      one(
          ClientFrame.newBuilder()
              .setFiles(
                  FileList.newBuilder()
                      .addFiles(AllocFileInfo.newBuilder().setName("numbers.txt").setSize(10)))
              .build());
    }

    private void stat(String path) {
      if (path.contains("nope")) {
        fail(Failure.notFound("stat /allocs/nope.txt: no such file or directory"));
        return;
      }
      one(
          ClientFrame.newBuilder()
              .setFile(AllocFileInfo.newBuilder().setName(path).setSize(10))
              .build());
    }

    private void read(String path, long offset, long limit) {
      switch (path) {
        case "numbers.txt" -> {
          String from = DIGITS.substring((int) Math.min(offset, DIGITS.length()));
          String part =
              from.substring(0, (int) Math.min(limit <= 0 ? from.length() : limit, from.length()));
          data(ByteString.copyFromUtf8(part), offset + part.length());
          end();
        }
        case "endless.txt" -> endless = true;
        case "alloc" -> fail(Failure.invalid("file \"alloc\" is a directory"));
        default -> fail(Failure.invalid("Path escapes the alloc directory"));
      }
    }

    private void stream(FsStream call) {
      switch (call.getPath()) {
        case "numbers.txt" -> log(call.getOffset(), call.getLimit(), call.getFollow());
        case "nope.txt" ->
            fail(Failure.notFound("stat /allocs/nope.txt: no such file or directory"));
        default -> fail(Failure.invalid("Path escapes the alloc directory"));
      }
    }

    private void log(long offset, long limit, boolean follow) {
      synchronized (followers) {
        position = (int) Math.min(offset, log.length());
        int most = limit > 0 ? (int) limit : Integer.MAX_VALUE;
        while (position < log.length() && most > 0) {
          int length = Math.min(Math.min(PIECE, most), log.length() - position);
          most -= length;
          write(length);
        }
        if (follow) {
          followers.add(this);
          return;
        }
        if (limit > 0) {
          data(ByteString.EMPTY, position);
        }
      }
      end();
    }

    private void more() {
      while (position < log.length()) {
        write(Math.min(PIECE, log.length() - position));
      }
    }

    private void write(int length) {
      position += length;
      data(ByteString.copyFromUtf8(log.substring(position - length, position)), position);
    }

    private void data(ByteString bytes, long offset) {
      out.onNext(
          ClientFrame.newBuilder()
              .setData(
                  StreamFrame.newBuilder().setData(bytes).setFile("numbers.txt").setOffset(offset))
              .build());
    }

    private void one(ClientFrame frame) {
      out.onNext(frame);
      end();
    }

    private void end() {
      open.decrementAndGet();
      out.onCompleted();
    }

    private void fail(Failure failure) {
      open.decrementAndGet();
      out.onError(failure.toStatus());
    }
  }
}
