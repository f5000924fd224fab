package dev.rollcall.examples.robustness;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the tests with real servers run. */
final class Servers {
  private Servers() {}

  /** Returns options with the server's jar, which the package phase has made. */
  static Options options(String store, String time, String... more) {
    List<String> args = new ArrayList<>(List.of("--store", store, "--time", time));
    args.addAll(List.of("--server", System.getProperty("rollcall.server.jar")));
    args.addAll(List.of(more));
    return Options.of(args.toArray(String[]::new));
  }

  /** Returns where the classes of the tests are. */
  static String testClasses() throws URISyntaxException {
    return Path.of(Servers.class.getProtectionDomain().getCodeSource().getLocation().toURI())
        .toString();
  }
}
