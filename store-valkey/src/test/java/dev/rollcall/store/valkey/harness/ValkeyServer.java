package dev.rollcall.store.valkey.harness;

/** A running Valkey. */
public interface ValkeyServer extends AutoCloseable {

  /** Returns the host that it listens on. */
  String host();

  /** Returns the port that it listens on. */
  int port();

  /** Returns the URI that a store opens it by. */
  default String uri() {
    return "valkey://" + host() + ":" + port();
  }

  /** Stops it. */
  @Override
  void close();
}
