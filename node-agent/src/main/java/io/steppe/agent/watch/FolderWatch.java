package io.steppe.agent.watch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Tells who wants to know that something in a folder was made, written or deleted: one thread and
 * one inotify instance for all folders of the agent. Changes may be told once for many, and once
 * too often; whoever looks after subscribing and after each call misses nothing.
 */
public final class FolderWatch implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(FolderWatch.class);

  /** The name given when it is not known which file changed. */
  public static final String ANY = "";

  private static final WatchEvent.Kind<?>[] KINDS = {
    StandardWatchEventKinds.ENTRY_CREATE,
    StandardWatchEventKinds.ENTRY_MODIFY,
    StandardWatchEventKinds.ENTRY_DELETE
  };

  private record Listeners(WatchKey key, List<Consumer<String>> list) {}

  private final WatchService service;
  private final Map<Path, Listeners> byFolder = new HashMap<>();
  private final Map<WatchKey, Listeners> byKey = new HashMap<>();

  public FolderWatch() {
    try {
      service = FileSystems.getDefault().newWatchService();
    } catch (IOException e) {
      throw new UncheckedIOException(
          "no inotify instance left (see fs.inotify.max_user_instances)", e);
    }
    Thread.ofPlatform().daemon().name("folder-watch").start(this::run);
  }

  /** Ends a subscription. */
  public interface Subscription extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Calls the listener with the name of each file of the folder that changed, or {@link #ANY}. The
   * listener runs on the watching thread and must hand its work to another.
   */
  public synchronized Subscription watch(Path folder, Consumer<String> listener)
      throws IOException {
    Listeners listeners = byFolder.get(folder);
    if (listeners == null || !listeners.key().isValid()) {
      listeners = new Listeners(folder.register(service, KINDS), new CopyOnWriteArrayList<>());
      byFolder.put(folder, listeners);
      byKey.put(listeners.key(), listeners);
    }
    Listeners joined = listeners;
    joined.list().add(listener);
    return () -> leave(folder, joined, listener);
  }

  private synchronized void leave(Path folder, Listeners listeners, Consumer<String> listener) {
    listeners.list().remove(listener);
    if (listeners.list().isEmpty()) {
      listeners.key().cancel();
      byKey.remove(listeners.key());
      byFolder.remove(folder, listeners);
    }
  }

  private synchronized List<Consumer<String>> listeners(WatchKey key) {
    Listeners listeners = byKey.get(key);
    return listeners == null ? List.of() : List.copyOf(listeners.list());
  }

  private void run() {
    try {
      while (true) {
        WatchKey key = service.take();
        List<Consumer<String>> listeners = listeners(key);
        for (WatchEvent<?> event : key.pollEvents()) {
          String name = event.context() instanceof Path path ? path.toString() : ANY;
          listeners.forEach(listener -> tell(listener, name));
        }
        if (!key.reset()) {
          listeners.forEach(listener -> tell(listener, ANY));
        }
      }
    } catch (ClosedWatchServiceException e) {
      LOG.debug("folder watch closed");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void tell(Consumer<String> listener, String name) {
    try {
      listener.accept(name);
    } catch (RuntimeException e) {
      LOG.error("a listener to folder changes failed", e);
    }
  }

  @Override
  public void close() {
    try {
      service.close();
    } catch (IOException e) {
      LOG.warn("closing the folder watch", e);
    }
  }
}
