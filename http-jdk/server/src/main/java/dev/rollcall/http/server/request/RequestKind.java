package dev.rollcall.http.server.request;

/** What a request does to the registry, which decides what it must bring and what may hold it. */
public enum RequestKind {
  /** Looks whether the server is well; asked by what would restart it, so nothing may refuse it. */
  PROBE,
  /** Reads one thing. */
  READ,
  /** Reads all there is: of these the fewest run at once. */
  LIST,
  /** Waits for changes: takes a place only until it waits. */
  WATCH,
  /** Keeps a service alive: the last to be refused. */
  PING,
  /** Registers or deregisters. */
  WRITE,
  /** Touches nothing. */
  NONE
}
