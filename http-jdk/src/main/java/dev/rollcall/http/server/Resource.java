package dev.rollcall.http.server;

import java.util.List;

/** The kinds of resource that the protocol has, each with its methods. */
enum Resource {
  HEALTH("GET, HEAD"),
  SERVICES("GET, HEAD"),
  REGISTER("POST"),
  SERVICE("GET, HEAD, DELETE"),
  PING("PUT");

  private final String allowed;

  Resource(String allowed) {
    this.allowed = allowed;
  }

  boolean allows(String method) {
    return List.of(allowed.split(", ")).contains(method);
  }

  /** Returns the methods as the Allow header has them. */
  String allowed() {
    return allowed;
  }
}
