package io.steppe.json.generator;

import com.google.protobuf.Descriptors.Descriptor;
import java.util.List;

/** Source of the class that finds a message's mapper by its class. */
final class MappersSource {
  private MappersSource() {}

  static String of(List<Descriptor> messages) {
    StringBuilder entries = new StringBuilder();
    for (Descriptor message : messages) {
      entries.append(
          "                  new Mapper<io.steppe.proto.v1.%1$s>(io.steppe.proto.v1.%1$s.getDefaultInstance(), %1$sJson::write, %1$sJson::read, %1$sJson::value)"
              .formatted(message.getName()));
      entries.append(message == messages.getLast() ? "" : ",\n");
    }
    return """
        package io.steppe.json;

        import com.google.protobuf.Message;
        import java.util.List;
        import java.util.Map;
        import java.util.stream.Collectors;
        import java.util.stream.Stream;

        /** The mappers of all messages. Generated. */
        final class Mappers {
          private static final Map<Class<?>, Mapper<?>> BY_TYPE =
              // Types are written out: inferring those of so many at once takes javac a minute.
              Stream.<Mapper<?>>of(
        %s)
                  .collect(
                      Collectors.<Mapper<?>, Class<?>, Mapper<?>>toUnmodifiableMap(
                          mapper -> mapper.prototype().getClass(), mapper -> mapper));

          private Mappers() {}

          /** One message of each type that has JSON. */
          static List<Message> prototypes() {
            return BY_TYPE.values().stream().<Message>map(Mapper::prototype).toList();
          }

          @SuppressWarnings("unchecked")
          static <T extends Message> Mapper<T> of(T message) {
            Mapper<?> found = BY_TYPE.get(message.getClass());
            if (found == null) {
              throw new IllegalArgumentException("No JSON for " + message.getClass().getName());
            }
            return (Mapper<T>) found;
          }
        }
        """
        .formatted(entries);
  }
}
