package dev.rollcall.store.valkey;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.rollcall.Service;
import dev.rollcall.history.EventQuery;
import dev.rollcall.history.EventSelection;
import dev.rollcall.history.ServiceEvent;
import dev.rollcall.store.valkey.pipeline.AsyncOperation;
import dev.rollcall.store.valkey.pipeline.PendingCommand;
import dev.rollcall.store.valkey.pipeline.Script;
import dev.rollcall.store.valkey.topology.Topology;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisException;

/** Runs scripts on the servers that hold their keys, and translates failures. */
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
   * @param verb what the script does to the id, for messages, such as {@code renewed}
   * @return what the script returned
   */
  @Nullable Object run(Script script, String id, String verb, byte[]... operands) {
    PendingCommand command = prepare(script, id, timeout, operands);
    return translated(id, verb, () -> topology.execute(command.key(), command));
  }

  /**
   * Runs a script on the key of an id, without blocking this thread.
   *
   * @param limit how long it may take, if that is less than the timeout
   * @param meaning returns or throws what the reply of the script means
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

  /** Returns the time of the server that has the key of the empty id. */
  Instant time() {
    byte[] key = keys.keyOf("");
    PendingCommand command =
        PendingCommand.of(Command.TIME, new byte[0][], System.nanoTime() + timeout.toNanos());
    try {
      List<?> time = (List<?>) Objects.requireNonNull(topology.execute(key, command));
      return Instant.ofEpochSecond(number(time.get(0)), number(time.get(1)) * 1_000);
    } catch (JedisException e) {
      throw ErrorTranslator.of("the time was not read", topology.address(), e);
    }
  }

  private static long number(Object text) {
    return Long.parseLong(new String((byte[]) text, US_ASCII));
  }

  /**
   * Returns every service.
   *
   * @throws dev.rollcall.RegistryBusyException if there is no memory for them, or too many lists
   *     are in progress
   */
  Collection<Service> list(StoredServiceReader reader) {
    return read(reader, scan -> topology.onEachMaster(scan::of));
  }

  /**
   * Returns the services of some ids.
   *
   * @throws dev.rollcall.RegistryBusyException as for a list
   */
  Collection<Service> findAll(Collection<String> ids, StoredServiceReader reader) {
    List<byte[]> some =
        ids.stream().map(keys::keyOf).filter(key -> keys.idOf(key) != null).toList();
    return some.isEmpty() ? List.of() : read(reader, scan -> topology.onMastersOf(some, scan::of));
  }

  /** Returns the history of an id; empty if an ACL forbids to read it. */
  List<ServiceEvent> history(ValkeyHistory history, String id) {
    PendingCommand command = history.command(id, System.nanoTime() + timeout.toNanos());
    return ValkeyHistory.events(
        id,
        translated(
            id,
            "read",
            () -> ValkeyHistory.readable(() -> topology.execute(command.key(), command))));
  }

  /**
   * Returns the newest events of all services.
   *
   * @throws dev.rollcall.RegistryBusyException if too many lists are in progress
   */
  List<ServiceEvent> newest(ValkeyHistory history, EventQuery query) {
    HistoryScan scan = new HistoryScan(topology, history, keys, query, timeout);
    EventSelection selection = new EventSelection(query);
    try {
      topology.onEachMaster(scan::of).forEach(events -> events.forEach(selection::add));
      return selection.events();
    } catch (JedisException e) {
      throw ErrorTranslator.of("the events were not read", topology.address(), e);
    }
  }

  private Collection<Service> read(
      StoredServiceReader reader, Function<ServiceScan, List<Map<String, Service>>> action) {
    try (ListMemory.Share share = listMemory.open()) {
      ServiceScan scan = new ServiceScan(topology, keys, reader, timeout, listMemory, share);
      Iterator<Map<String, Service>> found = action.apply(scan).iterator();
      // The others are added to the first: a copy of all would double the memory of a list.
      Map<String, Service> services = found.next();
      found.forEachRemaining(services::putAll);
      return services.values();
    } catch (JedisException e) {
      throw ErrorTranslator.of("the services were not listed", topology.address(), e);
    }
  }
}
