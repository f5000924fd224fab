package dev.rollcall.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CandidatesTest {
  private final ScriptedRegistry registry = new ScriptedRegistry();

  private Candidates candidates(String... ids) {
    List<Instance> instances =
        Stream.of(ids)
            .map(id -> new Instance(registry.serviceAt(id, "http://" + id), () -> 0))
            .toList();
    return new Candidates(instances);
  }

  @Test
  void twoThatAreDrawnDifferAndEachPairIsAsLikely() {
    Candidates candidates = candidates("a", "b", "c", "d", "e", "f", "g");
    Map<String, Integer> pairs = new TreeMap<>();

    for (int i = 0; i < 42_000; i++) {
      long two = candidates.drawTwo();
      pairs.merge(Candidates.first(two) + " " + Candidates.second(two), 1, Integer::sum);
    }

    assertThat(pairs).hasSize(7 * 6);
    Collection<Integer> counts = pairs.values();
    // A thousand of each; 300 are more than nine standard deviations.
    assertThat(counts).allSatisfy(count -> assertThat(count).isBetween(700, 1_300));
    assertThat(pairs.keySet()).noneMatch(pair -> pair.charAt(0) == pair.charAt(2));
  }

  @Test
  void whereThereIsOneAloneItIsDrawnTwice() {
    long two = candidates("a").drawTwo();

    assertThat(Candidates.first(two)).isZero();
    assertThat(Candidates.second(two)).isZero();
  }
}
