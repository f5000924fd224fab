package dev.rollcall.app;

import java.util.List;

/** The server as a program, whose dispatcher dies once it serves; run by tests. */
final class BrokenServer {
  private BrokenServer() {}

  public static void main(String[] args) {
    Main.main(new String[] {"--port=0", "--log-level=error"});
    List<Thread> dispatchers =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().equals(args[0]))
            .toList();
    for (Thread thread : dispatchers) {
      thread
          .getUncaughtExceptionHandler()
          .uncaughtException(thread, new OutOfMemoryError("a test's own"));
    }
  }
}
