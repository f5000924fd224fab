package dev.rollcall.examples.robustness;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/** The faults of servers and of connections that every deployment has. */
final class Faults {
  private static final int MAX_STOP_MILLIS = 2_500;

  private Faults() {}

  /** Returns those of a server. */
  static List<FaultKind> of(RestartableServer server, String name, Loss byKill) {
    List<FaultKind> faults = new ArrayList<>();
    faults.add(
        new FaultKind(
            "kill -9 of " + name,
            byKill,
            random -> {
              server.kill();
              Pause.between(0, 800, random);
              server.restart();
            }));
    faults.add(
        new FaultKind(
            "SIGSTOP of " + name,
            Loss.NONE,
            random -> {
              server.suspend();
              Pause.between(100, MAX_STOP_MILLIS, random);
              server.resume();
            }));
    if (server.canLimitThreads()) {
      faults.add(
          new FaultKind(
              "no new threads for " + name,
              Loss.NONE,
              random -> {
                server.limitThreads(true);
                Pause.between(100, MAX_STOP_MILLIS, random);
                server.limitThreads(false);
              }));
    }
    return faults;
  }

  /** Returns those of connections. */
  static List<FaultKind> of(TcpProxy proxy, String name) {
    return List.of(
        harmless("connections cut, " + name, random -> proxy.cut(random.nextBoolean())),
        harmless(
            "connections delayed, " + name,
            random -> {
              proxy.delay(Duration.ofMillis(20 + random.nextInt(400)));
              Pause.between(500, 2_000, random);
              proxy.delay(Duration.ZERO);
            }),
        harmless(
            "connections held up, " + name,
            random -> {
              proxy.hold(true);
              Pause.between(100, MAX_STOP_MILLIS, random);
              if (random.nextBoolean()) {
                proxy.cut(true);
              }
              proxy.hold(false);
            }));
  }

  private static FaultKind harmless(String name, Consumer<Random> injection) {
    return new FaultKind(name, Loss.NONE, injection);
  }
}
