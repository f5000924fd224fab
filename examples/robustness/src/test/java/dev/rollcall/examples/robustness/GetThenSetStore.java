package dev.rollcall.examples.robustness;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.LeaseSupersededException;
import dev.rollcall.Service;
import dev.rollcall.spi.TtlStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Pings as a GET and a SET: what was removed between the two is there again. */
final class GetThenSetStore extends ForwardingStore {
  private final ValkeyConnection reading;
  private final ValkeyConnection writing;

  GetThenSetStore(TtlStore right, ValkeyConnection reading, ValkeyConnection writing) {
    super(right);
    this.reading = reading;
    this.writing = writing;
  }

  @Override
  public Optional<Lease> renew(String id, Fence fence) {
    Optional<Duration> ttl = find(id).map(Service::ttl);
    Optional<String> value = reading.ask("GET", "service:" + id);
    if (ttl.isEmpty() || value.isEmpty()) {
      return Optional.empty();
    }
    if (fence.leaseId().filter(lease -> !value.get().contains("\"" + lease + "\"")).isPresent()) {
      throw new LeaseSupersededException("another registration holds '" + id + "'", null);
    }
    long millis = ttl.get().toMillis();
    writing.ask("SET", "service:" + id, value.get(), "PX", Long.toString(millis));
    return Optional.of(Lease.of(id, ttl.get(), Instant.now().plus(ttl.get())));
  }

  @Override
  public void close() {
    reading.close();
    writing.close();
    super.close();
  }
}
