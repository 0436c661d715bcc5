package io.steppe.alloc.scheduler.feasibility;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A version of anything: any number of numeric segments, leading zeros allowed, then a pre-release
 * and build metadata. Kernel and distribution versions are no semantic versions, so this is more
 * lenient than libraries for those.
 *
 * @param prerelease without its dash; empty for none
 */
record Version(List<BigInteger> segments, String prerelease) implements Comparable<Version> {
  private static final int MAX_DIGITS = 30;

  /** Reads "1.2.3", "v1.2", "18.09.1-ce", "6.1.0-13-amd64+deb"; empty for what is no version. */
  static Optional<Version> parse(String text) {
    String rest = text.trim();
    if (rest.startsWith("v")) {
      rest = rest.substring(1);
    }
    int metadata = rest.indexOf('+');
    if (metadata >= 0) {
      rest = rest.substring(0, metadata);
    }
    int end = 0;
    while (end < rest.length() && (digit(rest.charAt(end)) || rest.charAt(end) == '.')) {
      end++;
    }
    String prerelease = rest.substring(end);
    if (prerelease.startsWith("-") || prerelease.startsWith("~")) {
      prerelease = prerelease.substring(1);
    }
    if (!prerelease
        .chars()
        .allMatch(
            c -> c < 128 && (Character.isLetterOrDigit(c) || c == '.' || c == '-' || c == '~'))) {
      return Optional.empty();
    }
    List<BigInteger> segments = new ArrayList<>();
    for (String segment : rest.substring(0, end).split("\\.", -1)) {
      if (segment.isEmpty() || segment.length() > MAX_DIGITS) {
        return Optional.empty();
      }
      segments.add(new BigInteger(segment));
    }
    return Optional.of(new Version(List.copyOf(segments), prerelease));
  }

  /** A segment; those not written are 0. */
  BigInteger segment(int at) {
    return at < segments.size() ? segments.get(at) : BigInteger.ZERO;
  }

  boolean sameSegments(Version other) {
    return compareSegments(other) == 0;
  }

  @Override
  public int compareTo(Version other) {
    int order = compareSegments(other);
    if (order != 0) {
      return order;
    }
    if (prerelease.isEmpty() || other.prerelease.isEmpty()) {
      return Boolean.compare(prerelease.isEmpty(), other.prerelease.isEmpty());
    }
    return comparePrereleases(prerelease.split("\\."), other.prerelease.split("\\."));
  }

  private int compareSegments(Version other) {
    int length = Math.max(segments.size(), other.segments.size());
    for (int i = 0; i < length; i++) {
      int order = segment(i).compareTo(other.segment(i));
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  private static int comparePrereleases(String[] left, String[] right) {
    for (int i = 0; i < Math.min(left.length, right.length); i++) {
      int order = comparePart(left[i], right[i]);
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(left.length, right.length);
  }

  private static int comparePart(String left, String right) {
    boolean leftNumber = number(left);
    boolean rightNumber = number(right);
    if (leftNumber && rightNumber) {
      return new BigInteger(left).compareTo(new BigInteger(right));
    }
    // Numbers come before words.
    return leftNumber == rightNumber
        ? left.compareTo(right)
        : Boolean.compare(rightNumber, leftNumber);
  }

  private static boolean number(String part) {
    return !part.isEmpty() && part.length() <= MAX_DIGITS && part.chars().allMatch(Version::digit);
  }

  private static boolean digit(int c) {
    return c >= '0' && c <= '9';
  }
}
