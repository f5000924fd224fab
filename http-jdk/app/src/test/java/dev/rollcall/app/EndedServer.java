package dev.rollcall.app;

/** The server as a program, in a process that ends without having been told to; run by tests. */
final class EndedServer {
  private EndedServer() {}

  /** Ends by {@code exit}, or by {@code return} where nothing but the server's daemons is left. */
  public static void main(String[] args) throws InterruptedException {
    Thread starter =
        new Thread(() -> Main.main(new String[] {"--port=0", "--log-level=error"}), "starter");
    starter.setDaemon(true); // The server's threads inherit it.
    starter.start();
    starter.join();
    if (args[0].equals("exit")) {
      System.exit(0);
    }
  }
}
