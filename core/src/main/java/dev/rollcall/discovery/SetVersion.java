package dev.rollcall.discovery;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rollcall.Service;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What a set of services is, in 128 bits, on every server alike: the same registrations have the
 * same version, whoever asks, in whatever order they came, also after a restart. Pings change no
 * version.
 *
 * <p>It is the sum modulo 2<sup>128</sup> of a hash of each service, so that a change is added in
 * constant time: the first 128 bits of SHA-256 over the id and the {@linkplain Service#revision()
 * revision}; where there is no revision, over the id, the url, the name and the info.
 *
 * <p>Immutable.
 */
public final class SetVersion {
  /** The version of no services. */
  public static final SetVersion EMPTY = new SetVersion(0, 0);

  private final long high;
  private final long low;

  private SetVersion(long high, long low) {
    this.high = high;
    this.low = low;
  }

  /**
   * Returns the version of a set of services.
   *
   * @param services the services, each once
   * @return the version
   */
  public static SetVersion of(Iterable<Service> services) {
    MessageDigest sha256 = sha256();
    SetVersion sum = EMPTY;
    for (Service service : services) {
      sum = sum.plus(hash(service, sha256));
    }
    return sum;
  }

  /**
   * Returns the version with a service more.
   *
   * @param service one that the set does not have
   * @return the version
   */
  public SetVersion plus(Service service) {
    return plus(hash(service, sha256()));
  }

  /**
   * Returns the version with a service fewer.
   *
   * @param service one that the set has
   * @return the version
   */
  public SetVersion minus(Service service) {
    SetVersion hash = hash(service, sha256());
    long difference = low - hash.low;
    long borrow = Long.compareUnsigned(low, hash.low) < 0 ? 1 : 0;
    return new SetVersion(high - hash.high - borrow, difference);
  }

  private SetVersion plus(SetVersion hash) {
    long sum = low + hash.low;
    long carry = Long.compareUnsigned(sum, low) < 0 ? 1 : 0;
    return new SetVersion(high + hash.high + carry, sum);
  }

  private static SetVersion hash(Service service, MessageDigest sha256) {
    add(sha256, service.id());
    if (service.revision() != 0) {
      sha256.update(ByteBuffer.allocate(Long.BYTES).putLong(service.revision()).array());
    } else {
      add(sha256, service.url());
      add(sha256, service.name());
      add(sha256, service.info().toString());
    }
    ByteBuffer digest = ByteBuffer.wrap(sha256.digest());
    return new SetVersion(digest.getLong(), digest.getLong());
  }

  /** Adds a text and its end, which no text of Unicode holds. */
  private static void add(MessageDigest sha256, String text) {
    sha256.update(text.getBytes(UTF_8));
    sha256.update((byte) 0xff);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SetVersion version && high == version.high && low == version.low;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(high ^ low);
  }

  /** Returns the version as 32 hexadecimal digits. */
  @Override
  public String toString() {
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(high) + hex.toHexDigits(low);
  }
}
