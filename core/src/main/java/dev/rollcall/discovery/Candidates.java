package dev.rollcall.discovery;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The instances that may be picked at a moment: those of a name that are not ejected, and of these
 * the preferred ones where they are enough. Never empty when a {@link PickStrategy} sees it.
 *
 * <p>Immutable, except that the instances change as their calls begin and end.
 */
public final class Candidates {
  private static final long LOW_HALF = 0xFFFF_FFFFL;

  private final Instance[] instances;

  /** Weights as an alias table; empty where all are equal. */
  private final double[] shares;

  private final int[] aliases;

  Candidates(List<Instance> instances) {
    List<Instance> weighted = instances.stream().filter(each -> each.weight() > 0).toList();
    List<Instance> chosen = weighted.isEmpty() ? instances : weighted;
    this.instances = chosen.toArray(new Instance[0]);
    double[] weights = chosen.stream().mapToDouble(Instance::weight).toArray();
    boolean isEven = true;
    for (double weight : weights) {
      isEven &= weight == weights[0];
    }
    this.shares = isEven ? new double[0] : weights;
    this.aliases = new int[shares.length];
    buildTable();
  }

  /**
   * Makes the weights a table from which each draw takes constant time: the alias method (M. D.
   * Vose, "A linear algorithm for generating random numbers with a given distribution", 1991).
   */
  private void buildTable() {
    int count = shares.length;
    double sum = 0;
    for (double weight : shares) {
      sum += weight;
    }
    int[] small = new int[count];
    int[] large = new int[count];
    int smalls = 0;
    int larges = 0;
    for (int i = 0; i < count; i++) {
      shares[i] = shares[i] / sum * count;
      if (shares[i] < 1) {
        small[smalls++] = i;
      } else {
        large[larges++] = i;
      }
    }
    while (smalls > 0 && larges > 0) {
      int less = small[--smalls];
      int more = large[larges - 1];
      aliases[less] = more;
      shares[more] -= 1 - shares[less];
      if (shares[more] < 1) {
        larges--;
        small[smalls++] = more;
      }
    }
    while (larges > 0) {
      shares[large[--larges]] = 1;
    }
    while (smalls > 0) { // Less than 1 by a rounding error alone.
      shares[small[--smalls]] = 1;
    }
  }

  /**
   * Returns how many there are.
   *
   * @return the number of instances, 1 or more
   */
  public int size() {
    return instances.length;
  }

  /**
   * Returns an instance.
   *
   * @param index 0 to {@link #size()} - 1, in the order of ids
   * @return the instance
   */
  public Instance get(int index) {
    return instances[index];
  }

  /**
   * Returns the index of an instance that is drawn at random, each as often as its {@linkplain
   * Instance#weight() weight} says.
   *
   * @return 0 to {@link #size()} - 1
   */
  public int draw() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    int index = random.nextInt(instances.length);
    return shares.length == 0 || random.nextDouble() < shares[index] ? index : aliases[index];
  }

  /**
   * Returns the index of an instance that is drawn at random and is another one.
   *
   * @param index an index that was drawn before
   * @return another index, or the same if there is one instance alone
   */
  public int drawOther(int index) {
    int count = instances.length;
    if (count == 1) {
      return index;
    }
    if (shares.length == 0) {
      int other = ThreadLocalRandom.current().nextInt(count - 1);
      return other < index ? other : other + 1;
    }
    int other = draw();
    return other != index ? other : (index + 1) % count;
  }

  /**
   * Draws two indexes as {@link #draw} and {@link #drawOther} do, from one random number where all
   * weights are equal: its halves, scaled to the range (D. Lemire, "Fast random integer generation
   * in an interval", 2019). The share of each is off by less than {@link #size()} parts in 2^32.
   */
  long drawTwo() {
    int count = instances.length;
    if (shares.length != 0 || count == 1) {
      int first = draw();
      return pair(first, drawOther(first));
    }
    long random = ThreadLocalRandom.current().nextLong();
    int first = (int) (((random >>> Integer.SIZE) * count) >>> Integer.SIZE);
    int other = (int) (((random & LOW_HALF) * (count - 1)) >>> Integer.SIZE);
    return pair(first, other < first ? other : other + 1);
  }

  private static long pair(int first, int second) {
    return ((long) first << Integer.SIZE) | second;
  }

  static int first(long pair) {
    return (int) (pair >>> Integer.SIZE);
  }

  static int second(long pair) {
    return (int) pair;
  }
}
