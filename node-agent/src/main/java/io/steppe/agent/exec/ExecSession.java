package io.steppe.agent.exec;

import com.google.protobuf.ByteString;
import io.steppe.agent.driver.ExecPlace.EngineProcess;
import io.steppe.agent.driver.ExecPlace.OutputReceiver;
import io.steppe.agent.session.FrameSink;
import io.steppe.rpc.v1.ClientFrame;
import io.steppe.rpc.v1.ExecInput;
import io.steppe.rpc.v1.ExecOutput;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.jboss.logging.Logger;

/**
 * One command between its process and who asked for it. Output goes as far as the reader gave
 * credit; input is taken as fast as the command reads it, and credit for more is given then.
 */
final class ExecSession {
  private static final Logger LOG = Logger.getLogger(ExecSession.class);

  /** How soon the end of the command is seen by the thread that waits for input. */
  private static final Duration LOOK = Duration.ofMillis(200);

  private final EngineProcess process;
  private final boolean tty;
  private final FrameSink sink;
  private final ReentrantLock sending = new ReentrantLock();

  /** What credit covers, no more: the senders of input keep to it. */
  private final BlockingQueue<ExecInput> input = new LinkedBlockingQueue<>();

  private volatile boolean over;

  ExecSession(EngineProcess process, boolean tty, FrameSink sink) {
    this.process = process;
    this.tty = tty;
    this.sink = sink;
  }

  /** Returns when the command has ended and all is sent. */
  void run() throws FrameSink.Gone, InterruptedException {
    Thread writer = Thread.ofPlatform().daemon().name("exec-in").start(this::write);
    Thread reader = Thread.ofPlatform().daemon().name("exec-out").start(this::read);
    try {
      while (!over) {
        Optional<ExecInput> next = sink.nextInput(LOOK);
        if (next.isPresent()) {
          take(next.get());
        }
      }
    } finally {
      process.close();
      writer.interrupt();
      reader.interrupt();
    }
  }

  private void take(ExecInput next) {
    if (!next.hasTtySize()) {
      input.add(next);
    } else if (tty) {
      try {
        process.resize(next.getTtySize().getHeight(), next.getTtySize().getWidth());
      } catch (IOException e) {
        LOG.debugf("a terminal keeps its size: %s", e.getMessage());
      }
    }
  }

  private void write() {
    try {
      boolean open = true;
      while (true) {
        ExecInput next = input.take();
        if (next.hasStdin() && open) {
          open = attempt(() -> process.input(next.getStdin().toByteArray()));
        } else if (next.getStdinClosed() && open) {
          open = false;
          attempt(process::endInput);
        }
        if (next.hasStdin()) {
          send(ExecOutput.newBuilder().setStdinCredit(next.getStdin().size()));
        }
      }
    } catch (InterruptedException | FrameSink.Gone e) {
      Thread.currentThread().interrupt();
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  /** A command need not read its input to the end. */
  private static boolean attempt(Work work) {
    try {
      work.run();
      return true;
    } catch (IOException e) {
      LOG.debugf("input goes nowhere: %s", e.getMessage());
      return false;
    }
  }

  private void read() {
    try {
      process.output(
          new OutputReceiver() {
            @Override
            public void stdout(byte[] bytes) throws IOException {
              forward(bytes, false);
            }

            @Override
            public void stderr(byte[] bytes) throws IOException {
              forward(bytes, true);
            }
          });
      int code = process.exitCode();
      send(ExecOutput.newBuilder().setStdoutClosed(true));
      if (!tty) {
        send(ExecOutput.newBuilder().setStderrClosed(true));
      }
      send(ExecOutput.newBuilder().setExitCode(code));
    } catch (IOException e) {
      LOG.debugf("a command's output ended: %s", e.getMessage());
    } catch (FrameSink.Gone e) {
      LOG.debug("nobody listens to a command any more");
    } finally {
      over = true;
    }
  }

  private void forward(byte[] bytes, boolean error) throws IOException {
    sending.lock();
    try {
      int sent = 0;
      while (sent < bytes.length) {
        int part = Math.min(sink.room(), bytes.length - sent);
        ByteString piece = ByteString.copyFrom(bytes, sent, part);
        sent += part;
        var output = ExecOutput.newBuilder();
        send(error ? output.setStderr(piece) : output.setStdout(piece));
      }
    } catch (FrameSink.Gone | InterruptedException e) {
      throw new IOException("nobody listens any more", e);
    } finally {
      sending.unlock();
    }
  }

  private void send(ExecOutput.Builder output) throws FrameSink.Gone {
    sink.send(ClientFrame.newBuilder().setExec(output).build());
  }
}
