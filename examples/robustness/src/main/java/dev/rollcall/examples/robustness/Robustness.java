package dev.rollcall.examples.robustness;

/**
 * The robustness test as a program: exits with 1 if a rule was broken, 2 if it is called wrongly.
 */
public final class Robustness {
  private Robustness() {}

  /**
   * Runs it.
   *
   * @param args the options
   */
  public static void main(String[] args) {
    Options options;
    try {
      options = Options.of(args);
    } catch (IllegalArgumentException e) {
      System.err.println("robustness: " + e.getMessage() + "\n" + Options.USAGE);
      System.exit(2);
      return;
    }
    boolean isClean = new Run(options, System.out).isClean();
    System.exit(isClean ? 0 : 1);
  }
}
