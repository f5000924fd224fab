package dev.rollcall.store.valkey.harness;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import org.junit.jupiter.api.Test;

class ListenerTest {
  /** A thread in accept() keeps the port open until it wakes, which may be after the close. */
  @Test
  void onceItIsClosedEachConnectionIsRefused() {
    for (int round = 0; round < 500; round++) {
      Listener listener = new Listener(client -> {});
      listener.close();
      assertThatExceptionOfType(ConnectException.class)
          .isThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), listener.port()).close());
    }
  }
}
