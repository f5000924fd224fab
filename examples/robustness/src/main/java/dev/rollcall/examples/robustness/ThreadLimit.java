package dev.rollcall.examples.robustness;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A limit on the threads of a server: while it is set, the server can start no thread. It does not
 * bind processes of root, so root starts the server as another user, if that may read what it runs.
 */
final class ThreadLimit {
  private static final List<String> AS_NOBODY =
      List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");

  private final List<String> asUser;
  private final boolean isPossible;

  /**
   * Creates a limit that is not set yet.
   *
   * @param classPath what the server must be able to read
   */
  ThreadLimit(String classPath) {
    List<String> user = "root".equals(System.getProperty("user.name")) ? AS_NOBODY : List.of();
    List<String> needed = new ArrayList<>(List.of(classPath.split(File.pathSeparator)));
    needed.add(System.getProperty("java.home"));
    this.isPossible =
        run(user, "command -v prlimit && for f; do test -r \"$f\" || exit 1; done", needed);
    this.asUser = isPossible ? user : List.of();
  }

  /** Returns whether it can be set here. */
  boolean isPossible() {
    return isPossible;
  }

  /** Returns what stands before the command that starts the server. */
  List<String> prefix() {
    return asUser;
  }

  void set(long pid) {
    run(asUser, "prlimit --pid $1 --nproc=1:", List.of(Long.toString(pid)));
  }

  void lift(long pid) {
    String hardLimit = "$(prlimit --pid $1 --nproc --noheadings --raw -o HARD)";
    run(asUser, "prlimit --pid $1 --nproc=" + hardLimit + ":", List.of(Long.toString(pid)));
  }

  /** Returns whether it could be run, and succeeded. */
  private static boolean run(List<String> user, String script, List<String> arguments) {
    List<String> command = new ArrayList<>(user);
    command.addAll(List.of("sh", "-c", script, "sh"));
    command.addAll(arguments);
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      if (user.isEmpty()) {
        throw new UncheckedIOException(e);
      }
      return false; // there is no setpriv
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
