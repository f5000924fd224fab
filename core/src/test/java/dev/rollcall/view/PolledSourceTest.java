package dev.rollcall.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.contract.control.AtomicStore;
import dev.rollcall.contract.control.ForwardingRegistry;
import dev.rollcall.discovery.Query;
import dev.rollcall.discovery.Watch;
import dev.rollcall.discovery.WatchListener;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PolledSourceTest {
  private static final int PATIENCE_SECONDS = 30;

  private final ServiceRegistry real =
      ServiceRegistry.over(new AtomicStore(System::nanoTime, InstantSource.system()));
  private final List<String> calls = new CopyOnWriteArrayList<>();

  private final ServiceRegistry registry = new CountingRegistry();

  /** Notes what is read, and polls itself. */
  private final class CountingRegistry extends ForwardingRegistry {
    private CountingRegistry() {
      super(real);
    }

    @Override
    public List<Service> list() {
      calls.add("list");
      return super.list();
    }

    @Override
    public Optional<Service> find(String id) {
      calls.add("find");
      return super.find(id);
    }

    @Override
    public Watch watch(Query query, WatchListener listener) {
      return PolledWatch.open(this, query, listener);
    }
  }

  private Collection<String> registered(int count) {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add("s" + i);
      real.register(Registration.builder("http://h").id("s" + i).build());
    }
    return ids;
  }

  private Collection<String> read(Collection<String> ids) {
    return new PolledSource(registry, InstantSource.system())
        .findAll(ids).stream().map(Service::id).toList();
  }

  @Test
  void fewServicesAreReadOneByOne() {
    Collection<String> ids = registered(20);

    assertThat(read(ids)).containsExactlyElementsOf(ids);
    assertThat(calls).hasSize(20).containsOnly("find");
  }

  @Test
  void manyAreListedAndOnlyThoseThatTheListLacksAreReadOneByOne() {
    Collection<String> ids = registered(100);
    real.deregister("s7");

    assertThat(read(ids)).hasSize(99).doesNotContain("s7");
    assertThat(calls).containsExactly("list", "find");
  }

  @Test
  void aRegistryThatIsClosedEndsItsWatchAndTheThreadOfIt() throws InterruptedException {
    registered(1);
    Set<Thread> ofOthers = viewThreads(); // of a test before, which end soon
    var unused = registry.watch(Query.all(), (view, changes) -> {});
    Set<Thread> threads = viewThreads();
    threads.removeAll(ofOthers);
    assertThat(threads).hasSize(1);
    Thread thread = threads.iterator().next();

    real.close();

    thread.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
    assertThat(thread.isAlive()).isFalse();
  }

  @Test
  void aListThatFailsOnceAsThatOfAClosedRegistryEndsNothing() {
    AtomicInteger ends = new AtomicInteger();
    AtomicBoolean fails = new AtomicBoolean(true);
    PolledSource source =
        new PolledSource(
            new ForwardingRegistry(real) {
              @Override
              public List<Service> list() {
                if (fails.get()) {
                  throw new IllegalStateException("for a moment");
                }
                return super.list();
              }
            },
            InstantSource.system());
    source.whenClosed(ends::incrementAndGet);

    assertThatIllegalStateException().isThrownBy(source::list);
    fails.set(false);
    assertThat(source.list()).isEmpty();
    fails.set(true);
    assertThatIllegalStateException().isThrownBy(source::list);
    assertThat(ends).hasValue(0);

    assertThatIllegalStateException().isThrownBy(source::list);
    assertThat(ends).hasValue(1);
  }

  private static Set<Thread> viewThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("rollcall-view"))
        .collect(Collectors.toSet());
  }
}
