package io.steppe.json.generator;

import com.google.protobuf.Descriptors.Descriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Writes the JSON mapper of every message of {@code steppe.v1} as Java source.
 *
 * <p>Run at build time by the module {@code proto/json}: one class a message ({@code NodeJson} for
 * {@code Node}) and one that finds the mapper of a message at run time ({@code Mappers}).
 */
public final class Generate {
  private Generate() {}

  /**
   * Generates into a source folder; files that would not change are left alone, so that compilation
   * stays incremental.
   *
   * @param args the source folder
   */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]).resolve("io/steppe/json");
    Files.createDirectories(folder);
    List<Descriptor> messages = ModelMessages.all();
    Set<Path> written = new HashSet<>();
    for (Descriptor message : messages) {
      written.add(write(folder, message.getName() + "Json", MessageSource.of(message)));
    }
    written.add(write(folder, "Mappers", MappersSource.of(messages)));
    removeOthers(folder, written);
  }

  private static Path write(Path folder, String type, String source) throws IOException {
    Path file = folder.resolve(type + ".java");
    if (!Files.exists(file) || !Files.readString(file).equals(source)) {
      Files.writeString(file, source);
    }
    return file;
  }

  private static void removeOthers(Path folder, Set<Path> written) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> !written.contains(f)).toList()) {
        Files.delete(file);
      }
    }
  }
}
