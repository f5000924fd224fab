package dev.rollcall.store.valkey.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The steps that the server carries out, each on one key and atomic against all others.
 *
 * <p>They are called by their digest. A server that does not know one, after a restart or a {@code
 * SCRIPT FLUSH}, has not run it; it is then sent in full.
 */
public enum Script {
  REGISTER("register.lua", false, 6),
  PING("ping.lua", true),
  REMOVE("remove.lua", false, 2),
  HISTORY("history.lua", true, 0),
  END("end.lua", true),
  REFUSED("refused.lua", false),
  READ("read.lua", true);

  private static final int NONE = -1;
  private static final byte[] NO_HISTORY = {};

  private final boolean repeatable;
  private final int historyOperand;
  private final String source;
  private final String digest;

  Script(String file, boolean repeatable) {
    this(file, repeatable, NONE);
  }

  /**
   * Creates a script.
   *
   * @param historyOperand without which operand, a key, the script neither creates a history nor
   *     records in it that the service is gone
   */
  Script(String file, boolean repeatable, int historyOperand) {
    this.repeatable = repeatable;
    this.historyOperand = historyOperand;
    this.source =
        load(file)
            .replace("--@include shared.lua\n", load("shared.lua"))
            .replace("--@include own.lua\n", load("own.lua"))
            .replace("--@include events.lua\n", load("events.lua"));
    this.digest = sha1(source);
  }

  /** Returns whether it is idempotent, so that it may be run again. */
  boolean isRepeatable() {
    return repeatable;
  }

  /** Returns the operands by which it neither creates a history nor records an end in it. */
  byte[][] withoutHistory(byte[]... operands) {
    if (historyOperand == NONE) {
      return operands;
    }
    byte[][] without = operands.clone();
    without[historyOperand] = NO_HISTORY;
    return without;
  }

  public byte[] source() {
    return source.getBytes(UTF_8);
  }

  byte[] digest() {
    return digest.getBytes(UTF_8);
  }

  static String load(String file) {
    try (InputStream in = Script.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException(file + " is not beside " + Script.class.getName());
      }
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sha1(String text) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-1").digest(text.getBytes(UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }
}
