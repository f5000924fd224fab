package dev.rollcall.registrar;

import static dev.rollcall.registrar.RegistrarFixture.INTERVAL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Registration;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.contract.ManualExecutor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * One error, wherever it strikes: each call that a life makes of the clock, of chance, of the
 * executor and of the registry fails once, each in a life of its own, and none ends it.
 */
@Timeout(120)
class RegistrarErrorsTest {
  private static final Duration TTL = Duration.ofSeconds(30);

  /** How many lives there are at a time: each waits a tenth of a second, in real time. */
  private static final int AT_A_TIME = 20;

  /** Throws at one call of many. */
  private static final class Fault {
    private final Throwable error;
    private int callsBefore;
    private boolean hasStruck;

    Fault(int callsBefore, Throwable error) {
      this.callsBefore = callsBefore;
      this.error = error;
    }

    static Fault none() {
      return new Fault(-1, new AssertionError());
    }

    synchronized void mayStrike() {
      if (callsBefore-- == 0) {
        hasStruck = true;
        Fault.<RuntimeException>sneak(error);
      }
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void sneak(Throwable error) throws E {
      throw (E) error;
    }
  }

  /** A life from the start to the close, in which the registry restarts empty. */
  private static final class Life {
    final ManualClock clock = new ManualClock();
    final ManualExecutor executor = new ManualExecutor(clock);
    final AsyncStubRegistry registry = new AsyncStubRegistry();
    private final Registrar registrar;
    private boolean isBuilt;

    Life(Fault ofClock, Fault ofChance, Fault ofExecutor, Fault ofRegistry, Fault ofHost) {
      LongSupplier time =
          () -> {
            if (isBuilt) {
              ofClock.mayStrike();
            }
            return clock.getAsLong();
          };
      registry.beforeRegister = ofRegistry::mayStrike;
      registry.beforeDeregister = ofRegistry::mayStrike;
      registrar =
          Registrar.builder(registry, Registration.builder("http://h").id("a").ttl(TTL).build())
              .keepalive(Keepalive.on(failing(executor, ofExecutor), time))
              .random(
                  () -> {
                    ofChance.mayStrike();
                    return 0L;
                  })
              .registerWhen(
                  () -> {
                    ofHost.mayStrike();
                    return true;
                  })
              .listener((who, from, to) -> ofHost.mayStrike())
              .shutdownHook(false)
              .build();
      pingsAreAnswered(ofRegistry);
      isBuilt = true;
    }

    private void pingsAreAnswered(Fault ofRegistry) {
      registry.onPing =
          () -> {
            ofRegistry.mayStrike();
            return Optional.of(registry.lease("a"));
          };
    }

    private static ScheduledExecutorService failing(ManualExecutor executor, Fault fault) {
      return (ScheduledExecutorService)
          Proxy.newProxyInstance(
              RegistrarErrorsTest.class.getClassLoader(),
              new Class<?>[] {ScheduledExecutorService.class},
              (proxy, method, arguments) -> {
                if (List.of("schedule", "execute").contains(method.getName())) {
                  fault.mayStrike();
                }
                try {
                  return method.invoke(executor, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              });
    }

    /** Lets time pass, and whatever looks after errors do so. */
    private void elapse(Duration time) {
      executor.elapse(time);
      for (Thread thread : threads()) {
        if (thread.getName().equals("rollcall-watchdog")) {
          try {
            thread.join();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        }
      }
      executor.elapse(Duration.ZERO);
    }

    /** Returns the threads of this life, which has a group of its own, and no others. */
    private static List<Thread> threads() {
      Thread[] threads = new Thread[100];
      int count = Thread.enumerate(threads);
      assertThat(count).isLessThan(threads.length);
      return Arrays.asList(threads).subList(0, count);
    }

    private void start() {
      try {
        var unused = registrar.startInBackground();
      } catch (Throwable e) {
        assertThat(registrar.state()).isEqualTo(RegistrarState.NEW);
        var unused = registrar.startInBackground();
      }
    }

    private void elapseIntervals(int count) {
      for (int i = 0; i < count; i++) {
        elapse(INTERVAL);
      }
    }

    void passAndCheck() {
      start();
      elapseIntervals(3);
      var answered = registry.onPing;
      registry.onPing = Optional::empty;
      elapseIntervals(1);
      registry.onPing = answered;
      elapseIntervals(2);
      registry.newCalls();
      elapseIntervals(5);
      assertThat(registry.newCalls()).hasSizeBetween(4, 7);

      var closed = registrar.closeInBackground();
      elapseIntervals(3);
      assertThat(closed).isCompleted();
      assertThat(executor.waiting()).isZero();
      registry.newCalls();
      elapse(INTERVAL.multipliedBy(5));
      assertThat(registry.newCalls()).isEmpty();
    }
  }

  /** Lives one life for each call that can fail, until a life ends before its fault. */
  private static void eachStrikes(
      IntFunction<? extends Throwable> error, Consumer<Fault> livesALifeWith) {
    int struck = 0;
    int lives = 0;
    for (; struck == lives; lives += AT_A_TIME) {
      List<CompletableFuture<Boolean>> round =
          IntStream.range(lives, lives + AT_A_TIME)
              .mapToObj(
                  life ->
                      CompletableFuture.supplyAsync(
                          () -> strikes(life, error.apply(life), livesALifeWith),
                          RegistrarErrorsTest::runInAGroupOfItsOwn))
              .toList();
      struck += (int) round.stream().map(CompletableFuture::join).filter(each -> each).count();
    }
    assertThat(struck).isGreaterThan(4);
  }

  private static void runInAGroupOfItsOwn(Runnable life) {
    new Thread(new ThreadGroup("life"), life).start();
  }

  /** Lives a life whose call of a number fails, and returns whether it had so many. */
  private static boolean strikes(int call, Throwable error, Consumer<Fault> livesALifeWith) {
    Fault fault = new Fault(call, error);
    try {
      livesALifeWith.accept(fault);
    } catch (Throwable e) {
      throw new AssertionError("with an error at call " + call, e);
    }
    return fault.hasStruck;
  }

  /** Stands for an {@link OutOfMemoryError}, by which JUnit ends its JVM if it sees one. */
  private static InternalError noMemory() {
    return new InternalError("of the test");
  }

  @Test
  void noErrorOfTheClockEndsARegistrationOrAClose() {
    eachStrikes(
        life -> noMemory(),
        fault ->
            new Life(fault, Fault.none(), Fault.none(), Fault.none(), Fault.none()).passAndCheck());
  }

  @Test
  void noErrorInTheMidstOfADecisionEndsARegistrationOrAClose() {
    eachStrikes(
        life -> new StackOverflowError(),
        fault ->
            new Life(Fault.none(), fault, Fault.none(), Fault.none(), Fault.none()).passAndCheck());
  }

  @Test
  void noThreadThatCannotBeHadAndNoRejectionEndsARegistrationOrAClose() {
    eachStrikes(
        life -> life % 2 == 0 ? new RejectedExecutionException() : noMemory(),
        fault ->
            new Life(Fault.none(), Fault.none(), fault, Fault.none(), Fault.none()).passAndCheck());
  }

  @Test
  void nothingThatARegistryThrowsEndsARegistrationOrAClose() {
    eachStrikes(
        life -> new NoClassDefFoundError("of the test"),
        fault ->
            new Life(Fault.none(), Fault.none(), Fault.none(), fault, Fault.none()).passAndCheck());
  }

  @Test
  void nothingThatAListenerOrACheckThrowsEndsARegistrationOrAClose() {
    eachStrikes(
        life -> new Exception("checked, as other languages throw it undeclared"),
        fault ->
            new Life(Fault.none(), Fault.none(), Fault.none(), Fault.none(), fault).passAndCheck());
  }
}
