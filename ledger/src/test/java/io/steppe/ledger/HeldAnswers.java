package io.steppe.ledger;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A wire to PostgreSQL that can hold back its answers. */
final class HeldAnswers implements AutoCloseable {
  private final ServerSocket server;
  private final int target;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private boolean holding;
  private int held;

  HeldAnswers(int target) throws IOException {
    this.target = target;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  synchronized void hold() {
    holding = true;
    held = 0;
  }

  synchronized void release() {
    holding = false;
    notifyAll();
  }

  /** Waits until an answer is held back. */
  synchronized void awaitHeld() throws InterruptedException {
    while (held == 0) {
      wait();
    }
  }

  private synchronized void pass() throws InterruptedException {
    if (holding) {
      held++;
      notifyAll();
    }
    while (holding) {
      wait();
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket client = server.accept();
        Socket postgres = new Socket(InetAddress.getLoopbackAddress(), target);
        sockets.add(client);
        sockets.add(postgres);
        Thread.ofVirtual().start(() -> copy(client, postgres, false));
        Thread.ofVirtual().start(() -> copy(postgres, client, true));
      }
    } catch (IOException e) {
      if (!server.isClosed()) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void copy(Socket from, Socket to, boolean answers) {
    byte[] buffer = new byte[8192];
    try (InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (answers) {
          pass();
        }
        out.write(buffer, 0, read);
      }
    } catch (IOException e) {
      System.getLogger(HeldAnswers.class.getName())
          .log(System.Logger.Level.DEBUG, "a wire was cut", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws IOException {
    release();
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
