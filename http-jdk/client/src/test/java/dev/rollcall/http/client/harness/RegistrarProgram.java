package dev.rollcall.http.client.harness;

import dev.rollcall.registrar.Registrar;
import java.time.Duration;

/** A service that stays registered and does nothing else. */
public final class RegistrarProgram {
  private RegistrarProgram() {}

  /**
   * Runs until it is stopped, and prints each state that it comes to.
   *
   * @param args the registry's URL, the id, the interval and the ttl in milliseconds
   */
  public static void main(String[] args) throws InterruptedException {
    Registrar registrar =
        Registrar.builder()
            .orchestratorUrl(args[0])
            .host("h")
            .id(args[1])
            .keepaliveInterval(Duration.ofMillis(Long.parseLong(args[2])))
            .ttl(Duration.ofMillis(Long.parseLong(args[3])))
            .listener((who, from, to) -> System.out.println("state " + to))
            .build();
    registrar.start();
    Thread.currentThread().join();
  }
}
