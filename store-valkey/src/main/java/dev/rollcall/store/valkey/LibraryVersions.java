package dev.rollcall.store.valkey;

import com.fasterxml.jackson.core.Version;
import com.fasterxml.jackson.core.json.PackageVersion;
import redis.clients.jedis.Connection;

/**
 * The minimum versions of libraries. Checked when a store is built: with an older version some
 * operation would fail for lack of a class or a method.
 */
final class LibraryVersions {
  private static final Version OLDEST_JACKSON =
      new Version(2, 18, 2, null, "com.fasterxml.jackson.core", "jackson-core");

  private LibraryVersions() {}

  /**
   * Checks them.
   *
   * @throws IllegalStateException if one is older than it may be
   */
  static void check() {
    if (PackageVersion.VERSION.compareTo(OLDEST_JACKSON) < 0) {
      throw tooOld("jackson-core 2.18.2 or later, and found " + PackageVersion.VERSION);
    }
    try {
      Connection.class.getMethod("getHostAndPort"); // public since 8.0
    } catch (NoSuchMethodException e) {
      throw tooOld("Jedis 8.0 or later, and found an older one");
    }
  }

  private static IllegalStateException tooOld(String what) {
    return new IllegalStateException(
        "Rollcall's Valkey store needs " + what + "; set its version in the application's build");
  }
}
