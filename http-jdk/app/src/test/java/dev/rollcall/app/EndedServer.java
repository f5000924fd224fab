package dev.rollcall.app;

/** The server as a program, all of whose own threads are daemons; run by tests. */
final class EndedServer {
  private EndedServer() {}

  /** Starts the server; then ends the process by {@code exit}, or leaves it to the server. */
  public static void main(String[] args) throws InterruptedException {
    Thread starter =
        new Thread(() -> Main.main(new String[] {"--port=0", "--log-level=error"}), "starter");
    starter.setDaemon(true); // The server's threads inherit it.
    starter.start();
    starter.join();
    if (args[0].equals("exit")) {
      System.exit(0);
    }
    System.out.println("returned");
  }
}
