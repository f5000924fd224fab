package dev.rollcall.registrar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Registration;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.Ulid;
import dev.rollcall.contract.control.AtomicStore;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an application that is unloaded leaves behind of core: nothing. */
@Timeout(120)
class ClosedLeavesNothingTest {

  /** An application that registers services, logs, and closes them. */
  public static final class Application implements Runnable {
    @Override
    public void run() {
      try (ServiceRegistry registry =
          ServiceRegistry.over(new AtomicStore(System::nanoTime, InstantSource.system()))) {
        Registration registration = Registration.builder("http://h").build();
        try (Registrar registrar = Registrar.builder(registry, registration).build()) {
          registrar.start();
          compare(registrar.counts(), new RegistrarCounts(0, 0, 0, 0));
          compare(registry.list(), registry.list());
          compare(Ulid.parse(registrar.id()), Ulid.parse(registrar.id()));
        }
        try (Keepalive keepalive = Keepalive.create()) {
          Registrar registrar =
              Registrar.builder(registry, registration)
                  .keepalive(keepalive)
                  .registerWhen(() -> true)
                  .listener((who, from, to) -> {})
                  .timeout(Duration.ofSeconds(30))
                  .build();
          var unused = registrar.startInBackground().join();
        }
      }
    }

    private static void compare(Object one, Object other) {
      if (one.equals(other) && one.hashCode() != other.hashCode()) {
        throw new AssertionError();
      }
    }
  }

  /** Runs the application on a thread of its own loader, and returns what tells of its end. */
  private static WeakReference<ClassLoader> ranAndClosed(ReferenceQueue<ClassLoader> queue)
      throws Exception {
    try (IsolatedLoader loader = new IsolatedLoader()) {
      Runnable application =
          (Runnable) loader.loadClass(Application.class.getName()).getConstructor().newInstance();
      Thread thread = new Thread(application);
      thread.setContextClassLoader(loader);
      thread.start();
      thread.join();
      return new WeakReference<>(loader, queue);
    }
  }

  @Test
  void aClosedRegistrarAndItsKeepaliveKeepNoClassLoaderAlive() throws Exception {
    ReferenceQueue<ClassLoader> queue = new ReferenceQueue<>();
    WeakReference<ClassLoader> loader = ranAndClosed(queue);
    Reference<? extends ClassLoader> gone = null;
    for (int i = 0; i < 300 && gone == null; i++) {
      System.gc(); // its threads may take a moment to end
      gone = queue.remove(100);
    }

    assertThat(gone).isSameAs(loader);
  }
}
