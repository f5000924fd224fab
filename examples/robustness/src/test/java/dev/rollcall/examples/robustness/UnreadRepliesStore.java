package dev.rollcall.examples.robustness;

import dev.rollcall.Service;
import dev.rollcall.spi.TtlStore;
import java.util.Optional;

/**
 * Reads on a connection that is used again although a reply is still to come on it. As a value has
 * its id, the reply to another reads as if there were nothing.
 */
final class UnreadRepliesStore extends ForwardingStore {
  private final ValkeyConnection valkey;

  UnreadRepliesStore(TtlStore right, ValkeyConnection valkey) {
    super(right);
    this.valkey = valkey;
  }

  @Override
  public Optional<Service> find(String id) {
    Optional<String> value = valkey.askAndGoOn("GET", "service:" + id);
    boolean isOfIt = value.isPresent() && value.get().contains("\"id\":\"" + id + "\"");
    return isOfIt ? super.find(id) : Optional.empty();
  }

  @Override
  public void close() {
    valkey.close();
    super.close();
  }
}
