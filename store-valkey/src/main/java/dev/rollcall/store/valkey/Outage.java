package dev.rollcall.store.valkey;

import dev.rollcall.StoreUnavailableException;
import java.util.Locale;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisDataException;

/** Tells what an exception of the client means to a caller of the store. */
final class Outage {
  private Outage() {}

  /**
   * Returns what to throw for an operation that failed.
   *
   * @param what such as {@code 'a' was not renewed}
   * @param address where the server is
   */
  static StoreUnavailableException of(String what, String address, RuntimeException cause) {
    return new StoreUnavailableException(
        what + ": Valkey at " + address + ": " + say(cause), cause);
  }

  /**
   * Returns what to throw where a store could not be opened: that it is down, unless what was asked
   * for can never be.
   */
  static RuntimeException atOpen(String address, RuntimeException cause) {
    String what = "the store was not opened";
    if (isTooOld(cause)) {
      return new IllegalArgumentException(
          what + ": Valkey at " + address + " is too old; " + Opening.NEEDED, cause);
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
        || causes(e).anyMatch(Outage::isTooOld);
  }

  /** Returns whether the server refuses this and any other client that is set up like it. */
  private static boolean isRefusal(Throwable e) {
    if (e instanceof JedisAccessControlException || e instanceof SSLException) {
      return true;
    }
    if (e instanceof JedisDataException) {
      String message = text(e);
      return message.contains("ACL failure")
          || message.contains("cluster support disabled")
          || message.contains("DB index is out of range")
          || message.contains("invalid DB index");
    }
    return causes(e).anyMatch(Outage::isRefusal);
  }

  /** Returns whether it is this server that cannot do what another, of the same name, could. */
  static boolean isOfTheServer(JedisDataException e) {
    return text(e).startsWith("READONLY") || text(e).startsWith("MASTERDOWN");
  }

  /** Returns the message, with that of what lies beneath it: Jedis keeps the reason down there. */
  private static String say(Throwable e) {
    String message = e.getMessage() == null ? e.getClass().getSimpleName() : text(e);
    return causes(e)
        .findFirst()
        .map(Outage::say)
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
