package io.steppe.diagnostics.profile;

import io.steppe.pprof.Function;
import io.steppe.pprof.Line;
import io.steppe.pprof.Location;
import io.steppe.pprof.Profile;
import io.steppe.pprof.Sample;
import io.steppe.pprof.ValueType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;

/** What was measured at which stacks: a profile before it is written down. */
final class Stacks {
  /** Of these frames, what lies further out is left away. */
  private static final int MOST_FRAMES = 256;

  /**
   * What a value of a sample means.
   *
   * @param name for example "cpu"
   * @param unit for example "nanoseconds"
   */
  record Kind(String name, String unit) {}

  private final List<Kind> kinds;
  private final Instant begun;
  private final Duration watched;
  private final Map<List<Frame>, long[]> samples = new LinkedHashMap<>();

  /**
   * @param watched how long it was measured; zero for a look
   */
  Stacks(List<Kind> kinds, Instant begun, Duration watched) {
    this.kinds = kinds;
    this.begun = begun;
    this.watched = watched;
  }

  /**
   * Adds what was measured at a stack.
   *
   * @param stack from the innermost frame outwards
   * @param values one for each kind
   */
  void add(List<Frame> stack, long... values) {
    List<Frame> kept = stack.size() > MOST_FRAMES ? stack.subList(0, MOST_FRAMES) : stack;
    long[] sum = samples.computeIfAbsent(List.copyOf(kept), known -> new long[kinds.size()]);
    for (int i = 0; i < sum.length; i++) {
      sum[i] += values[i];
    }
  }

  /** As pprof reads it. */
  byte[] gzipped() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      new Writing().profile().writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException("Memory can't fail to be written", e);
    }
    return bytes.toByteArray();
  }

  /** For people: the greatest first. */
  String text() {
    StringBuilder text = new StringBuilder();
    text.append(samples.size()).append(" stacks\n");
    int last = kinds.size() - 1;
    samples.entrySet().stream()
        .sorted(
            Comparator.comparingLong((Map.Entry<List<Frame>, long[]> one) -> -one.getValue()[last]))
        .forEach(
            one -> {
              text.append('\n');
              for (int i = 0; i <= last; i++) {
                text.append(i == 0 ? "" : ", ")
                    .append(one.getValue()[i])
                    .append(' ')
                    .append(kinds.get(i).name())
                    .append(" (")
                    .append(kinds.get(i).unit())
                    .append(')');
              }
              text.append('\n');
              for (Frame frame : one.getKey()) {
                text.append("#\t")
                    .append(frame.method())
                    .append("\t")
                    .append(frame.file())
                    .append(':')
                    .append(frame.line())
                    .append('\n');
              }
            });
    return text.toString();
  }

  /** One profile on its way into its format. */
  private final class Writing {
    private final Profile.Builder profile = Profile.newBuilder();
    private final Map<String, Long> texts = new HashMap<>();
    private final Map<Frame, Long> locations = new HashMap<>();
    private final Map<String, Long> functions = new HashMap<>();

    Profile profile() {
      text("");
      for (Kind kind : kinds) {
        profile.addSampleType(type(kind));
      }
      samples.forEach(
          (stack, values) -> {
            Sample.Builder sample = Sample.newBuilder();
            stack.forEach(frame -> sample.addLocationId(location(frame)));
            for (long value : values) {
              sample.addValue(value);
            }
            profile.addSample(sample);
          });
      return profile
          .setTimeNanos(TimeUnit.SECONDS.toNanos(begun.getEpochSecond()) + begun.getNano())
          .setDurationNanos(watched.toNanos())
          .setPeriodType(type(kinds.getLast()))
          .setPeriod(1)
          .build();
    }

    private ValueType type(Kind kind) {
      return ValueType.newBuilder().setType(text(kind.name())).setUnit(text(kind.unit())).build();
    }

    private long location(Frame frame) {
      Long known = locations.get(frame);
      if (known != null) {
        return known;
      }
      long id = locations.size() + 1L;
      locations.put(frame, id);
      profile.addLocation(
          Location.newBuilder()
              .setId(id)
              .addLine(Line.newBuilder().setFunctionId(function(frame)).setLine(frame.line())));
      return id;
    }

    private long function(Frame frame) {
      Long known = functions.get(frame.method());
      if (known != null) {
        return known;
      }
      long id = functions.size() + 1L;
      functions.put(frame.method(), id);
      profile.addFunction(
          Function.newBuilder()
              .setId(id)
              .setName(text(frame.method()))
              .setSystemName(text(frame.method()))
              .setFilename(text(frame.file())));
      return id;
    }

    private long text(String text) {
      return texts.computeIfAbsent(
          text,
          added -> {
            profile.addStringTable(added);
            return profile.getStringTableCount() - 1L;
          });
    }
  }
}
