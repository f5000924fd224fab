package dev.rollcall.store.valkey;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.LeaseEndedException;
import dev.rollcall.LeaseSupersededException;
import dev.rollcall.RejectedException;
import dev.rollcall.Service;
import dev.rollcall.history.EventQuery;
import dev.rollcall.history.ServiceEvent;
import dev.rollcall.spi.Claim;
import dev.rollcall.store.valkey.pipeline.Script;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The operations of a store as scripts: their arguments, and the meaning of their replies. */
final class ScriptCommands {
  /** Stands for a lease id, as JSON escapes it, where any lease will do. */
  private static final byte[] ANY = {'"'};

  /** What the script that registers returns instead of the end of a lease. */
  private static final long SUPERSEDED = 0;

  private static final long NOT_ALIVE = -1;

  private static final String REGISTERED = "registered";
  private static final String RENEWED = "renewed";
  private static final String REMOVED = "removed";

  /** Whoever notices the end later records it, too. */
  private static final Duration END_TIMEOUT = Duration.ofSeconds(1);

  private final CommandRouter router;
  private final StoredServiceReader reader;
  private final byte[] channel;
  private final ValkeyHistory history;
  private final RefusalRecorder refusals;

  /** What each ping takes first: the default ttl, where ids start, how a history is renewed. */
  private final byte[] pingDefaults;

  private volatile Usual usual;

  /**
   * The ttl that a service most likely has: that of the service that was renewed last. Renewing a
   * service with this ttl takes the server half the work.
   */
  private record Usual(long millis, String seconds) {
    static Usual of(long millis) {
      return new Usual(millis, StoredService.seconds(Duration.ofMillis(millis)));
    }
  }

  /**
   * Creates the operations of a store.
   *
   * @param keys those of its services
   */
  ScriptCommands(
      CommandRouter router,
      StoredServiceReader reader,
      ValkeyHistory history,
      RefusalRecorder refusals,
      Keys keys) {
    this.router = router;
    this.reader = reader;
    this.history = history;
    this.refusals = refusals;
    this.channel = keys.channel();
    int prefixLength = keys.keyOf("").length;
    this.pingDefaults = ascii(reader.defaultTtl().toMillis() + " " + prefixLength + history.ping());
    this.usual = Usual.of(reader.defaultTtl().toMillis());
  }

  Lease register(Claim claim) {
    return registered(
        claim, router.run(Script.REGISTER, claim.id(), REGISTERED, registerOperands(claim)));
  }

  CompletableFuture<Lease> registerAsync(Claim claim, Duration timeout) {
    return router.runAsync(
        Script.REGISTER,
        claim.id(),
        REGISTERED,
        timeout,
        ends -> registered(claim, ends),
        registerOperands(claim));
  }

  private byte[][] registerOperands(Claim claim) {
    List<byte[]> operands = new ArrayList<>();
    operands.add(ascii(claim.leaseId().toString()));
    operands.add(ascii(StoredService.seconds(claim.ttl())));
    operands.add(ascii(Long.toString(claim.ttl().toMillis())));
    operands.add(StoredService.tail(claim.registration()));
    operands.add(channel);
    operands.add(ChangeHint.registered(claim.id()));
    operands.addAll(history.registration(claim.registration()));
    claim.fence().leaseId().map(ScriptCommands::utf8).ifPresent(operands::add);
    return operands.toArray(byte[][]::new);
  }

  private Lease registered(Claim claim, @Nullable Object reply) {
    String id = claim.id();
    String leaseId = claim.leaseId().toString();
    Object ends = reply;
    if (reply instanceof List<?> withNewLease) {
      ends = withNewLease.get(0);
    } else {
      leaseId = claim.fence().leaseId().orElse(leaseId);
    }
    if (ends == null) {
      throw new RejectedException(
          "'"
              + id
              + "' was not registered: its key holds a value that is not a service with a lease,"
              + " which is left as it is; remove it, or give the registry a prefix of its own",
          null);
    }
    long endMillis = (Long) ends;
    if (endMillis == SUPERSEDED) {
      throw refused(id, ServiceEvent.Call.UPDATE, claim.fence(), null);
    }
    if (endMillis == NOT_ALIVE) {
      throw new LeaseEndedException(
          "'" + id + "' was not updated: no live service has this id", null);
    }
    return lease(id, claim.ttl().toMillis(), endMillis).withLeaseId(leaseId);
  }

  Optional<Lease> ping(String id, Fence fence) {
    return renewed(id, fence, router.run(Script.PING, id, RENEWED, pingOperands(fence)));
  }

  CompletableFuture<Optional<Lease>> pingAsync(String id, Fence fence, Duration timeout) {
    return router.runAsync(
        Script.PING, id, RENEWED, timeout, reply -> renewed(id, fence, reply), pingOperands(fence));
  }

  private byte[][] pingOperands(Fence fence) {
    byte[] holder = fence.leaseId().map(ScriptCommands::escaped).orElse(ANY);
    return new byte[][] {pingDefaults, ascii(usual.seconds()), holder};
  }

  private Optional<Lease> renewed(String id, Fence fence, @Nullable Object answer) {
    List<?> reply = (List<?>) Objects.requireNonNull(answer);
    Long ttl = (Long) reply.get(1);
    if (ttl == null) {
      return Optional.empty();
    }
    if (ttl == 0) {
      throw refused(id, ServiceEvent.Call.PING, fence, null);
    }
    if (ttl != usual.millis()) {
      usual = Usual.of(ttl);
    }
    Lease lease = lease(id, ttl, (Long) reply.get(0) + ttl);
    return Optional.of(fence.leaseId().map(lease::withLeaseId).orElse(lease));
  }

  /** Has a refused call recorded, and returns what to throw. */
  private LeaseSupersededException refused(
      String id, ServiceEvent.Call call, Fence fence, @Nullable String client) {
    refusals.refused(id, call, fence, client);
    return new LeaseSupersededException(
        "another registration of '" + id + "' has superseded this lease", null);
  }

  Optional<Service> remove(String id, Fence fence, @Nullable String client) {
    Object reply = router.run(Script.REMOVE, id, REMOVED, removeOperands(id, fence, client));
    return removed(id, fence, client, reply);
  }

  CompletableFuture<Optional<Service>> removeAsync(String id, Fence fence, Duration timeout) {
    return router.runAsync(
        Script.REMOVE,
        id,
        REMOVED,
        timeout,
        reply -> removed(id, fence, null, reply),
        removeOperands(id, fence, null));
  }

  private byte[][] removeOperands(String id, Fence fence, @Nullable String client) {
    List<byte[]> operands = new ArrayList<>();
    operands.add(channel);
    operands.add(ChangeHint.deregistered(id));
    operands.addAll(history.removal(id, fence, client));
    fence.leaseId().map(ScriptCommands::utf8).ifPresent(operands::add);
    return operands.toArray(byte[][]::new);
  }

  private Optional<Service> removed(
      String id, Fence fence, @Nullable String client, @Nullable Object reply) {
    if (reply instanceof Long) {
      throw refused(id, ServiceEvent.Call.DEREGISTER, fence, client);
    }
    return service(id, (List<?>) reply);
  }

  Optional<Service> find(String id) {
    return service(id, (List<?>) router.run(Script.READ, id, "read"));
  }

  List<ServiceEvent> history(String id) {
    return router.history(history, id);
  }

  /** Records the end of a service, without waiting for it. */
  void noteEnd(ServiceEvent end) {
    if (history.isKept()) {
      CompletableFuture<Boolean> unused =
          router.runAsync(
              Script.END, end.id(), "recorded", END_TIMEOUT, reply -> true, history.end(end));
    }
  }

  List<ServiceEvent> newest(EventQuery query) {
    return router.newest(history, query);
  }

  Collection<Service> findAll(Collection<String> ids) {
    return router.findAll(ids, reader);
  }

  Instant time() {
    return router.time();
  }

  Collection<Service> list() {
    return router.list(reader);
  }

  private Optional<Service> service(String id, @Nullable List<?> reply) {
    return reply == null
        ? Optional.empty()
        : reader.read(id, (byte[]) reply.get(0), (Long) reply.get(1), (Long) reply.get(2));
  }

  private static Lease lease(String id, long ttlMillis, long endMillis) {
    return Lease.of(id, Duration.ofMillis(ttlMillis), Instant.ofEpochMilli(endMillis));
  }

  private static byte[] escaped(String text) {
    // Not quoteAsUTF8, which refuses half a surrogate pair.
    return utf8(new String(JsonStringEncoder.getInstance().quoteAsString(text)));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(UTF_8);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }
}
