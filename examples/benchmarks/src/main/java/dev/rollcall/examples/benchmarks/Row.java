package dev.rollcall.examples.benchmarks;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/**
 * A figure and what it is held against.
 *
 * @param name what was measured
 * @param figure ours
 * @param floor what ours is divided by
 * @param floorName what the floor is
 * @param unit of both
 * @param goal what the ratio should be
 */
record Row(String name, double figure, String unit, String floorName, double floor, String goal) {

  static void print(List<Row> rows, PrintStream out) {
    out.println("| measured | figure | floor | ratio | goal |");
    out.println("| --- | ---: | --- | ---: | --- |");
    for (Row row : rows) {
      out.printf(
          Locale.ROOT,
          "| %s | %s %s | %s: %s | %.2f | %s |%n",
          row.name,
          number(row.figure),
          row.unit,
          row.floorName,
          number(row.floor),
          row.figure / row.floor,
          row.goal);
    }
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value < 1_000 ? "%,.2f" : "%,.0f", value);
  }
}
