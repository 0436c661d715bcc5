package io.steppe.json.generator;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Message;
import io.steppe.proto.v1.Node;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The messages of {@code steppe.v1}, found where their generated classes lie: a jar, or a folder in
 * a reactor build.
 */
final class ModelMessages {
  private static final String FOLDER = "io/steppe/proto/v1";

  private ModelMessages() {}

  /** All messages, by name. */
  static List<Descriptor> all() throws IOException {
    Path origin = origin();
    if (Files.isDirectory(origin)) {
      return in(origin.resolve(FOLDER));
    }
    try (FileSystem jar =
        FileSystems.newFileSystem(URI.create("jar:" + origin.toUri()), Map.of())) {
      return in(jar.getPath(FOLDER));
    }
  }

  private static Path origin() throws IOException {
    try {
      return Path.of(Node.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IOException("The classes of the model have no readable place", e);
    }
  }

  private static List<Descriptor> in(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".class") && !name.contains("$"))
          .map(
              name ->
                  descriptor(
                      "io.steppe.proto.v1." + name.substring(0, name.length() - ".class".length())))
          .flatMap(Optional::stream)
          .sorted(Comparator.comparing(Descriptor::getName))
          .toList();
    }
  }

  private static Optional<Descriptor> descriptor(String type) {
    try {
      Class<?> found = Class.forName(type);
      if (!Message.class.isAssignableFrom(found)) {
        return Optional.empty();
      }
      return Optional.of((Descriptor) found.getMethod("getDescriptor").invoke(null));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("No descriptor in " + type, e);
    }
  }
}
