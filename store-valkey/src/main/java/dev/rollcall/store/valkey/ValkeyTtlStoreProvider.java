package dev.rollcall.store.valkey;

import dev.rollcall.spi.TtlStore;
import dev.rollcall.spi.TtlStoreProvider;
import java.net.URI;
import java.util.Set;

/**
 * Opens a {@link ValkeyTtlStore} by URI.
 *
 * <table>
 *   <caption>The forms, in which {@code redis} may stand for {@code valkey}</caption>
 *   <tr>
 *     <td>{@code valkey://[user:password@]host[:port][/database]}
 *     <td>one server; port 6379, database 0
 *   <tr>
 *     <td>{@code valkey+sentinel://[user:password@]host[:port],…/master}
 *     <td>the server that the sentinels there call the master of this name; port 26379
 *   <tr>
 *     <td>{@code valkey+cluster://[user:password@]host[:port],…}
 *     <td>the cluster to which these servers belong; port 6379
 *   <tr>
 *     <td>{@code valkeys://…}, {@code valkeys+sentinel://…}, {@code valkeys+cluster://…}
 *     <td>the same through TLS; the server's certificate is checked against the trust store of the
 *         JVM, and its name against the host
 * </table>
 *
 * <p>A user, a password and the value of a parameter are written with percent signs where a URI
 * needs it: a {@code #} as {@code %23}, since a URI with a fragment is refused. {@code :password@}
 * is a password without a user. Each form takes these parameters, each once:
 *
 * <table>
 *   <caption>Parameters</caption>
 *   <tr>
 *     <td>{@code prefix}
 *     <td>what every key starts with: {@code service:}
 *   <tr>
 *     <td>{@code timeout-ms}
 *     <td>how long an operation may take in all: 2000
 *   <tr>
 *     <td>{@code connect-timeout-ms}
 *     <td>how long a new connection may take, and how long its greeting: a quarter of the timeout
 *   <tr>
 *     <td>{@code default-ttl-seconds}
 *     <td>the ttl of a service that is stored without one: 30
 *   <tr>
 *     <td>{@code keep-history-seconds}
 *     <td>how long the history of a service is kept that is gone, up to 2592000; 0 for no history
 *         at all: 86400
 *   <tr>
 *     <td>{@code max-list-bytes}
 *     <td>the heap that lists under way may take between them, a whole number of bytes, or of KiB,
 *         MiB or GiB with {@code k}, {@code m} or {@code g} behind it: a quarter of the JVM's
 *   <tr>
 *     <td>{@code foreign-writers}
 *     <td>{@code tracking} has the server tell of the changes by those who publish none, as Python
 *         orchestrators; see {@link ValkeyTtlStore.Builder#trackForeignWriters()}. If it is left
 *         out, they are found by reading
 *   <tr>
 *     <td>{@code database}
 *     <td>the number of the database, where the path does not say it: 0
 *   <tr>
 *     <td>{@code password-file}
 *     <td>the path of a file that holds the password, in the place of the one in the URI; it is
 *         read again for each new connection
 *   <tr>
 *     <td>{@code sentinel-user}, {@code sentinel-password} or {@code sentinel-password-file}
 *     <td>what the sentinels ask for, if they do
 * </table>
 */
public final class ValkeyTtlStoreProvider implements TtlStoreProvider {

  /** Made by {@link java.util.ServiceLoader}. */
  public ValkeyTtlStoreProvider() {}

  @Override
  public Set<String> schemes() {
    return ValkeyUri.schemes();
  }

  @Override
  public TtlStore open(URI uri) {
    return JedisClients.storeAt(new ValkeyUri(uri));
  }
}
