package dev.rollcall.examples.robustness;

import dev.rollcall.spi.TtlStore;
import dev.rollcall.spi.TtlStoreProvider;
import java.net.URI;
import java.util.Set;

/** Opens the stores over Valkey that have a fault on purpose, for the bundled server. */
public final class MutantProvider implements TtlStoreProvider {
  static final String UNREAD_REPLIES = "mutant-unread-replies";
  static final String READ_THEN_WRITE = "mutant-read-then-write";

  /** Made by {@link java.util.ServiceLoader}. */
  public MutantProvider() {}

  @Override
  public Set<String> schemes() {
    return Set.of(UNREAD_REPLIES, READ_THEN_WRITE);
  }

  @Override
  public TtlStore open(URI uri) {
    String scheme = uri.getScheme();
    TtlStore right = TtlStore.open("valkey" + uri.toString().substring(scheme.length()));
    return scheme.equals(UNREAD_REPLIES)
        ? new UnreadRepliesStore(right, conversation(uri))
        : new GetThenSetStore(right, conversation(uri), conversation(uri));
  }

  private static ValkeyConnection conversation(URI uri) {
    return new ValkeyConnection(uri.getHost(), uri.getPort());
  }
}
