package io.steppe.bench.simulate;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** What a fleet counts; shared by all its nodes. */
final class Tally {
  final AtomicInteger connected = new AtomicInteger();
  final AtomicInteger running = new AtomicInteger();
  final LongAdder started = new LongAdder();
  final LongAdder ended = new LongAdder();
  final LongAdder lostSessions = new LongAdder();
}
