package dev.rollcall.store.valkey;

import dev.rollcall.Service;
import dev.rollcall.store.valkey.pipeline.AsyncOperation;
import dev.rollcall.store.valkey.pipeline.PendingCommand;
import dev.rollcall.store.valkey.pipeline.Script;
import dev.rollcall.store.valkey.topology.Topology;
import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.exceptions.JedisException;

/** Carries operations to where their keys are, and says what it means when that fails. */
final class CommandRouter {
  private final Topology topology;
  private final Keys keys;
  private final Duration timeout;
  private final ListMemory listMemory;

  CommandRouter(Topology topology, Keys keys, Duration timeout, ListMemory listMemory) {
    this.topology = topology;
    this.keys = keys;
    this.timeout = timeout;
    this.listMemory = listMemory;
  }

  /**
   * Runs a script on the key of an id.
   *
   * @param verb what is done to the id, such as {@code renewed}
   * @return what the script returned
   */
  @Nullable Object run(Script script, String id, String verb, byte[]... operands) {
    PendingCommand command = prepare(script, id, timeout, operands);
    return translated(id, verb, () -> topology.execute(command.key(), command));
  }

  /**
   * Runs a script on the key of an id, without holding this thread.
   *
   * @param limit how long it may take, if that is less than the timeout
   * @param meaning returns or throws what it means that the script returned this
   */
  <T> CompletableFuture<T> runAsync(
      Script script,
      String id,
      String verb,
      Duration limit,
      Function<@Nullable Object, T> meaning,
      byte[]... operands) {
    Duration time = limit.compareTo(timeout) < 0 ? limit : timeout;
    PendingCommand command = prepare(script, id, time, operands);
    AsyncOperation<T> operation =
        new AsyncOperation<>(
            command.deadlineNanos(), reply -> meaning.apply(translated(id, verb, reply)));
    if (command.nanosLeft() <= 0) {
      operation.timeOut();
    } else {
      topology.submit(command.key(), command, operation);
    }
    return operation;
  }

  private PendingCommand prepare(Script script, String id, Duration time, byte[]... operands) {
    long deadline = System.nanoTime() + time.toNanos();
    return new PendingCommand(script, deadline, List.of(keys.keyOf(id)), operands);
  }

  private @Nullable Object translated(String id, String verb, Supplier<@Nullable Object> reply) {
    try {
      return reply.get();
    } catch (JedisException e) {
      throw ErrorTranslator.of("'" + id + "' was not " + verb, topology.address(), e);
    }
  }

  /**
   * Returns every service.
   *
   * @throws dev.rollcall.RegistryBusyException if there is no memory for them, or too many lists
   *     are under way
   */
  Collection<Service> list(StoredServiceReader reader) {
    try (ListMemory.Share share = listMemory.open()) {
      ServiceScan scan = new ServiceScan(topology, keys, reader, timeout, listMemory, share);
      Iterator<Map<String, Service>> found = topology.onEachMaster(scan::of).iterator();
      // The first takes the others in: to copy all would double what a list takes up.
      Map<String, Service> services = found.next();
      found.forEachRemaining(services::putAll);
      return services.values();
    } catch (JedisException e) {
      throw ErrorTranslator.of("the services were not listed", topology.address(), e);
    }
  }
}
