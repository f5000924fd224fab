package dev.rollcall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.rollcall.contract.ManualClock;
import dev.rollcall.contract.Race;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class UlidGeneratorTest {
  private static final Duration MILLI = Duration.ofMillis(1);

  private final ManualClock clock = new ManualClock();

  @Test
  void anIdCarriesTheTimeThatItWasMadeAt() {
    assertThat(new UlidGenerator(clock).next().time()).isEqualTo(clock.instant());
  }

  @Test
  void aNewMillisecondDrawsAllRandomBitsAnew() {
    UlidGenerator ulids = new UlidGenerator(clock, scripted(0xABCD_1234L, 1, 0xFFFF_5678L, 2));
    Ulid first = ulids.next();
    clock.advance(MILLI);
    Ulid second = ulids.next();

    assertThat(first.high() & 0xFFFF).isEqualTo(0x1234);
    assertThat(first.low()).isEqualTo(1);
    assertThat(second.high() & 0xFFFF).isEqualTo(0x5678);
    assertThat(second.low()).isEqualTo(2);
    assertThat(second.time()).isEqualTo(first.time().plus(MILLI));
  }

  @Test
  void withinAMillisecondTheNextIdIsARandomStepOn() {
    UlidGenerator ulids = new UlidGenerator(clock, scripted(7, 100, 0x1234_5678_9ABCL));
    Ulid first = ulids.next();

    assertThat(ulids.next()).isEqualTo(new Ulid(first.high(), 100 + 0x1234_5678_9ABCL));
  }

  @Test
  void aStepIsNeverZero() {
    UlidGenerator ulids = new UlidGenerator(clock, scripted(7, 100, 0, 0, 5));
    Ulid first = ulids.next();

    assertThat(ulids.next()).isEqualTo(new Ulid(first.high(), 105));
  }

  @Test
  void aStepBeyondTheLowerBitsCarriesIntoTheUpper() {
    UlidGenerator ulids = new UlidGenerator(clock, scripted(7, -1, 1));
    Ulid first = ulids.next();

    assertThat(ulids.next()).isEqualTo(new Ulid(first.high() + 1, 0));
  }

  @Test
  void whenTheRandomBitsRunOverTheTimeMovesAheadOfTheClock() {
    UlidGenerator ulids = new UlidGenerator(clock, scripted(-1, -1, 1, 1));
    Ulid last = ulids.next();
    Ulid over = ulids.next();

    assertThat(over).isGreaterThan(last);
    assertThat(over.time()).isEqualTo(clock.instant().plus(MILLI));
    assertThat(over.high() & 0xFFFF).isZero();
    clock.advance(MILLI); // the clock has only caught up
    assertThat(ulids.next()).isEqualTo(new Ulid(over.high(), 1));
  }

  @Test
  void aClockThatStandsOrStepsBackNeverBringsASmallerId() {
    UlidGenerator ulids = new UlidGenerator(clock);
    Ulid last = ulids.next();
    for (int i = 0; i < 10_000; i++) {
      clock.stepWall(Duration.ofMillis(i % 3 - 1));
      Ulid next = ulids.next();
      assertThat(next).isGreaterThan(last);
      last = next;
    }
  }

  @Test
  void aClockThatStepsBackLeavesTheTimeOfTheLastId() {
    UlidGenerator ulids = new UlidGenerator(clock, scripted(7, 100, 5));
    Instant before = ulids.next().time();
    clock.stepWall(Duration.ofDays(-1));

    assertThat(ulids.next().time()).isEqualTo(before);
  }

  @Test
  void theIdsOfManyThreadsAreUniqueAndAscendInEach() {
    UlidGenerator ulids = new UlidGenerator(InstantSource.system());
    Callable<List<Ulid>> some = () -> Stream.generate(ulids::next).limit(20_000).toList();
    Set<Ulid> all = new HashSet<>();
    try (Race race = new Race()) {
      race.run(some, some, some, some)
          .forEach(
              outcome -> {
                assertThat(outcome.get()).isSorted();
                all.addAll(outcome.get());
              });
    }

    assertThat(all).hasSize(80_000);
  }

  @Test
  void twoGeneratorsAtOneMomentDiffer() {
    assertThat(new UlidGenerator(clock).next()).isNotEqualTo(new UlidGenerator(clock).next());
  }

  @Test
  void itNeedsAClock() {
    assertThatNullPointerException().isThrownBy(() -> new UlidGenerator(null));
  }

  /** Draws these, and fails when they are used up. */
  private static Random scripted(long... draws) {
    Deque<Long> rest = new ArrayDeque<>();
    for (long draw : draws) {
      rest.add(draw);
    }
    return new Random() {
      private static final long serialVersionUID = 1L;

      @Override
      public long nextLong() {
        return rest.remove();
      }
    };
  }
}
