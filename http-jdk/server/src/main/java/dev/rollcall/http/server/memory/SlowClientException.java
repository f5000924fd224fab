package dev.rollcall.http.server.memory;

import java.io.IOException;

/** Says that a response is not whole because its client was cut off: it took too little of it. */
public final class SlowClientException extends IOException {
  private static final long serialVersionUID = 1L;

  public SlowClientException(IOException cause) {
    super("the client was cut off: it took nothing of what it was sent", cause);
  }
}
