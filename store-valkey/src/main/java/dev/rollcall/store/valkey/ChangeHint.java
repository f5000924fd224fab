package dev.rollcall.store.valkey;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rollcall.spi.HintListener;

/** What the scripts publish when they change a service: the cause, a space, and its id. */
final class ChangeHint {
  private static final String REGISTERED = "registered";
  private static final String DEREGISTERED = "deregistered";

  private ChangeHint() {}

  static byte[] registered(String id) {
    return (REGISTERED + ' ' + id).getBytes(UTF_8);
  }

  static byte[] deregistered(String id) {
    return (DEREGISTERED + ' ' + id).getBytes(UTF_8);
  }

  /**
   * Tells a listener what a message says. One with another cause, as a later version may send it,
   * says that something has happened to its id; one without an id says nothing.
   */
  static void tell(HintListener listener, byte[] message, Keys keys) {
    String text = new String(message, UTF_8);
    int space = text.indexOf(' ');
    String id = text.substring(space + 1);
    if (space < 0 || keys.idOf(keys.keyOf(id)) == null) {
      return;
    }
    switch (text.substring(0, space)) {
      case REGISTERED -> listener.registered(id);
      case DEREGISTERED -> listener.deregistered(id);
      default -> listener.touched(id);
    }
  }
}
