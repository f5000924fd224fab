package dev.rollcall.store.valkey;

import dev.rollcall.RegistryFullException;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.StoreUnavailableException;
import java.util.Locale;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisDataException;

/** Translates exceptions of the Jedis client to those of the store. */
final class ErrorTranslator {
  private ErrorTranslator() {}

  /**
   * Returns what to throw for an operation that failed.
   *
   * @param what such as {@code 'a' was not renewed}
   * @param address where the server is
   */
  static RegistryUnavailableException of(String what, String address, RuntimeException cause) {
    if (isFull(cause)) {
      return new RegistryFullException(
          what
              + ": the memory of Valkey at "
              + address
              + " is full; it takes more once services have ended, or with a larger maxmemory ("
              + say(cause)
              + ")",
          null,
          null);
    }
    return new StoreUnavailableException(
        what + ": Valkey at " + address + ": " + say(cause), cause, null);
  }

  /**
   * Returns what to throw where a store could not be opened: that it is down, unless what was asked
   * for can never be.
   */
  static RuntimeException atOpen(String address, RuntimeException cause) {
    String what = "the store was not opened";
    if (isTooOld(cause)) {
      return new IllegalArgumentException(
          what + ": Valkey at " + address + " is too old; " + ServerCheck.NEEDED, cause);
    }
    if (isRefusal(cause)) {
      return new IllegalArgumentException(
          what + ": Valkey at " + address + ": " + say(cause), cause);
    }
    return of(what, address, cause);
  }

  /** Returns whether the server knows no {@code HELLO}, which Redis has had since 6. */
  private static boolean isTooOld(Throwable e) {
    return (text(e).contains("unknown command") && text(e).contains("HELLO"))
        || causes(e).anyMatch(ErrorTranslator::isTooOld);
  }

  /** Returns whether the server refuses this and any other client that is set up like it. */
  private static boolean isRefusal(Throwable e) {
    if (e instanceof JedisAccessControlException || e instanceof SSLException) {
      return true;
    }
    if (e instanceof JedisDataException) {
      String message = text(e);
      return message.contains("ACL failure")
          || message.startsWith("ERR unknown command")
          || message.contains("cluster support disabled")
          || message.contains("DB index is out of range")
          || message.contains("invalid DB index");
    }
    return causes(e).anyMatch(ErrorTranslator::isRefusal);
  }

  /** Returns whether the server has no memory left for what is stored. */
  private static boolean isFull(Throwable e) {
    return e instanceof JedisDataException && text(e).startsWith("OOM");
  }

  /** Returns the message, with that of what lies beneath it: Jedis keeps the reason down there. */
  private static String say(Throwable e) {
    String message = e.getMessage() == null ? e.getClass().getSimpleName() : text(e);
    return causes(e)
        .findFirst()
        .map(ErrorTranslator::say)
        .filter(reason -> !message.contains(reason) && !reason.isEmpty())
        .map(reason -> message.contains(e.getClass().getName()) ? reason : message + ": " + reason)
        .orElse(message);
  }

  private static Stream<Throwable> causes(Throwable e) {
    return Stream.concat(Stream.ofNullable(e.getCause()), Stream.of(e.getSuppressed()));
  }

  private static String text(Throwable e) {
    @Nullable String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName().toLowerCase(Locale.ROOT) : message;
  }
}
