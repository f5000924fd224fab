package dev.rollcall.http.server;

import dev.rollcall.http.server.log.FileLog;
import dev.rollcall.http.server.request.KeyScope;
import dev.rollcall.http.wire.WatchedFiles;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The keys that clients may send as {@code X-Service-Key}, or as {@code Authorization: Bearer}.
 * Several are valid at once, so that a key can be changed: add the new one, give it to the clients,
 * take the old one away.
 *
 * <pre>{@code
 * RegistryEndpoints.builder(registry)
 *     .serviceKeys(ServiceKeys.inFile(Path.of("/run/secrets/registry-keys")))
 *     .build();
 * }</pre>
 *
 * <p>A key is compared by its SHA-256 digest in constant time, and with all of them, so that the
 * time of a refusal tells nothing. No key ever stands in a message, nor in {@link #toString()}.
 *
 * <p>Immutable, except for the content of files, and safe for use by any number of threads.
 */
public final class ServiceKeys {
  private final List<Supplier<List<ServiceKey>>> sources;

  private ServiceKeys(List<Supplier<List<ServiceKey>>> sources) {
    this.sources = sources;
  }

  /**
   * Makes keys.
   *
   * @param keys one or more, each of 1 to 512 characters of printable ASCII without a space
   * @return the keys
   * @throws IllegalArgumentException if there is no key, or one is invalid; the message has no key
   */
  public static ServiceKeys of(Collection<String> keys) {
    List<ServiceKey> all = all(keys, ServiceKey::of);
    return new ServiceKeys(List.of(() -> all));
  }

  /**
   * Reads keys from a file, and reads it again when it has changed: a key that was added or removed
   * counts as soon as nobody has written to the file for a second. If it cannot be read then, holds
   * no key, or one that is invalid, a warning is logged and the former keys stay.
   *
   * <p>No part of a key that is being written is ever valid: the last line of a file that is
   * written to or created in place must end with a line break. One that another file was renamed to
   * after it was written, as orchestrators replace their secrets, may end without, if the file
   * system tells so: by another real path, or by an inode that changed later than its content. A
   * first reading waits for up to five seconds if the file ends without and was written to just
   * now.
   *
   * <p>A key alone on its line may write and read everything. After a blank may stand what it may
   * write: {@code read-only} for nothing, or {@code services=orders,orders-*} for services of which
   * neither id nor name is anything else; an asterisk at the end stands for any rest. A request
   * beyond that is refused with 403, and so is a registration without an id. A ping or a
   * deregistration is checked by its id. A key in several files may do what any of them lets it.
   *
   * @param file a key a line, 1 MiB in all at most; lines of nothing but spaces, and those that
   *     start with #, are passed over
   * @return the keys
   * @throws IllegalArgumentException if it cannot be read, holds no key, one that is not 1 to 512
   *     characters of printable ASCII, an unknown scope, or one key with two scopes; the message
   *     has no key
   */
  public static ServiceKeys inFile(Path file) {
    return inFile(file, Map.of());
  }

  /**
   * Reads keys from a file, as {@link #inFile(Path)} does, and adds keys that come from elsewhere,
   * for example from a variable of the environment. Those may do everything. So none of them may
   * have a scope in the file, where it would have no effect: such a file is invalid, whether it is
   * read for the first time or again.
   *
   * @param file as for {@link #inFile(Path)}
   * @param others the keys from elsewhere, each under the name that messages have for its place,
   *     such as that of the variable
   * @return the keys
   * @throws IllegalArgumentException if the file is invalid, or one of the other keys is not 1 to
   *     512 characters of printable ASCII without a space; the message has no key
   */
  public static ServiceKeys inFile(Path file, Map<String, String> others) {
    Map<String, ServiceKey> unlimited = new TreeMap<>();
    others.forEach((place, key) -> unlimited.put(place, ServiceKey.of(key)));
    var lines = new KeyFile(file);
    var inFile =
        new WatchedFiles<>(
            List.of(file),
            () -> checked(all(lines.read(), ServiceKey::parse), unlimited),
            new FileLog());
    List<ServiceKey> elsewhere = List.copyOf(unlimited.values());
    return new ServiceKeys(List.of(inFile, () -> elsewhere));
  }

  /**
   * Adds others.
   *
   * @param others valid beside these
   * @return keys of which any is valid
   */
  public ServiceKeys and(ServiceKeys others) {
    List<Supplier<List<ServiceKey>>> all = new ArrayList<>(sources);
    all.addAll(others.sources);
    return new ServiceKeys(List.copyOf(all));
  }

  /**
   * Returns what a text may do if it is one of the keys, and nothing otherwise; takes as long for
   * any text.
   */
  Optional<KeyScope> scopeOf(String text) {
    byte[] digest = ServiceKey.digest(text);
    Optional<KeyScope> scope = Optional.empty();
    for (Supplier<List<ServiceKey>> source : sources) {
      for (ServiceKey key : source.get()) {
        if (key.isOf(digest)) {
          scope = Optional.of(scope.map(key.scope()::or).orElseGet(key::scope));
        }
      }
    }
    return scope;
  }

  private static List<ServiceKey> all(Collection<String> texts, Function<String, ServiceKey> form) {
    if (texts.isEmpty()) {
      throw new IllegalArgumentException("there is no service key in it");
    }
    List<ServiceKey> keys = texts.stream().map(form).toList();
    Map<ByteBuffer, KeyScope> scopes = new HashMap<>();
    for (ServiceKey key : keys) {
      KeyScope before = scopes.putIfAbsent(key.digest(), key.scope());
      if (before != null && !before.equals(key.scope())) {
        throw new IllegalArgumentException(
            "a service key stands in it twice, with two scopes; remove one of the lines");
      }
    }
    return keys;
  }

  /** Returns the keys if they give no other scope to one that may do everything. */
  private static List<ServiceKey> checked(
      List<ServiceKey> keys, Map<String, ServiceKey> unlimited) {
    Map<ByteBuffer, KeyScope> scopes = new HashMap<>();
    keys.forEach(key -> scopes.put(key.digest(), key.scope()));
    unlimited.forEach(
        (place, key) -> {
          if (!scopes.getOrDefault(key.digest(), KeyScope.ALL).equals(KeyScope.ALL)) {
            throw new IllegalArgumentException(
                "the key in "
                    + place
                    + " has a scope in this file, which has no effect: a key in "
                    + place
                    + " may do everything; unset "
                    + place
                    + ", or remove the scope");
          }
        });
    return keys;
  }

  /** Returns what they are, without any of them. */
  @Override
  public String toString() {
    return "ServiceKeys";
  }
}
