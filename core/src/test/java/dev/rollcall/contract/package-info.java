/**
 * The contract that every registry and every store keeps, as abstract JUnit tests.
 *
 * <p>They ship in this artifact's {@code tests} jar. A store of your own proves itself with two
 * subclasses that only connect it to the tests; docs/contract-kit.md shows a whole project.
 *
 * <pre>{@code
 * class MyStoreTest extends TtlStoreContract {
 *   private final ManualClock clock = new ManualClock();
 *   private final TtlStore store = new MyStore(clock);
 *
 *   @Override public TtlStore store() { return store; }
 *   @Override public void elapse(Duration time) { clock.advance(time); }
 * }
 *
 * class MyRegistryTest extends ServiceRegistryContract {
 *   private final ManualClock clock = new ManualClock();
 *   private final ServiceRegistry registry = ServiceRegistry.over(new MyStore(clock));
 *
 *   @Override public ServiceRegistry registry() { return registry; }
 *   @Override public void elapse(Duration time) { clock.advance(time); }
 * }
 * }</pre>
 *
 * <p>A store whose clock cannot be turned by hand lets time pass in {@code elapse} by its own
 * means, such as shortening what is left of each lease.
 *
 * <p>An {@link dev.rollcall.spi.AsyncTtlStore} has a third, which wraps it: {@code store = new
 * AwaitedStore(new MyStore(clock, clock))}.
 */
package dev.rollcall.contract;
