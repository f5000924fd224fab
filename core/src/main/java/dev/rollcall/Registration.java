package dev.rollcall;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a service asks to be registered as.
 *
 * <p>Immutable.
 */
public final class Registration {
  /** The shortest ttl that may be asked for: 1 second. */
  public static final Duration MIN_TTL = Duration.ofSeconds(1);

  /** The longest ttl that may be asked for: 86,400 seconds, a day. */
  public static final Duration MAX_TTL = Duration.ofSeconds(86_400);

  private final @Nullable String id;
  private final String url;
  private final Info info;
  private final @Nullable Duration ttl;
  private final int heapBytes;

  private Registration(Builder builder) {
    this.id = builder.id != null ? builder.id : idIn(builder.info);
    this.url = Objects.requireNonNull(builder.url, "a registration needs a url");
    this.info = builder.info;
    this.ttl = builder.ttl;
    long bytes = HeapSize.REGISTRATION + HeapSize.ofString(url) + info.heapBytes();
    bytes += id == null ? 0 : HeapSize.ofString(id);
    bytes += ttl == null ? 0 : HeapSize.DURATION;
    this.heapBytes = (int) Math.min(bytes, Integer.MAX_VALUE);
  }

  private static @Nullable String idIn(Map<String, Object> info) {
    if (!(info.get("id") instanceof String id) || id.isEmpty()) {
      return null;
    }
    try {
      return ServiceId.check(id);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "info.id is no service id (set another with id()): " + e.getMessage(), e);
    }
  }

  /**
   * Says whether a text can be the id of a service. A registry answers empty for one that cannot,
   * and need not ask anybody.
   *
   * @param id any text
   * @return whether {@link Builder#id} would take it
   */
  public static boolean isServiceId(String id) {
    return ServiceId.isValid(id);
  }

  /**
   * Starts a registration.
   *
   * @param url where the service is reached; see {@link Builder#url}
   * @return the builder
   */
  public static Builder of(String url) {
    return new Builder().url(url);
  }

  /**
   * Returns the id that the service brings: the one that was set, else {@code info.id} if that is a
   * non-empty string.
   *
   * @return the id, or empty if the registry shall make one
   */
  public Optional<String> id() {
    return Optional.ofNullable(id);
  }

  /**
   * Returns where the service is reached.
   *
   * @return the url
   */
  public String url() {
    return url;
  }

  /**
   * Returns what the service says of itself.
   *
   * @return the info, deeply immutable
   */
  public Map<String, Object> info() {
    return info;
  }

  /**
   * Returns the ttl that the service asks for.
   *
   * @return the ttl, or empty for the registry's default
   */
  public Optional<Duration> ttl() {
    return Optional.ofNullable(ttl);
  }

  /**
   * Returns about how many bytes of heap this registration takes, with all that it holds; for
   * stores in memory, which bound what they hold. It is an estimate for a 64-bit HotSpot with
   * compressed references, the default below a heap of 32 GB; without them it is up to half as much
   * again.
   *
   * @return the bytes, 2<sup>31</sup> - 1 at most
   */
  public int heapBytes() {
    return heapBytes;
  }

  /**
   * Starts a registration that differs from this one in what is set next.
   *
   * @return the builder
   */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.id = id;
    builder.url = url;
    builder.info = info;
    builder.ttl = ttl;
    return builder;
  }

  @Override
  public String toString() {
    return "Registration[id=" + (id == null ? "(to be made)" : id) + ", url=" + url + "]";
  }

  /** Collects a {@link Registration}. Each setter checks its argument at once. */
  public static final class Builder {
    private @Nullable String id;
    private @Nullable String url;
    private Info info = Info.empty();
    private @Nullable Duration ttl;

    private Builder() {}

    /**
     * Sets the id. Default: {@code info.id} if that is a non-empty string, else the registry makes
     * a {@link Ulid}.
     *
     * @param id 1 to 128 characters of {@code A-Z a-z 0-9 . _ -}, the first a letter or a digit
     * @return this
     * @throws IllegalArgumentException if it is not so
     */
    public Builder id(String id) {
      this.id = ServiceId.check(id);
      return this;
    }

    /**
     * Sets where the service is reached.
     *
     * @param url an absolute http or https URL with a host and without credentials, at most 2,048
     *     characters
     * @return this
     * @throws IllegalArgumentException if it is not so
     */
    public Builder url(String url) {
      this.url = ServiceUrl.check(url);
      return this;
    }

    /**
     * Sets what the service says of itself. Default: nothing.
     *
     * <p>It is copied, deeply, and comes back from every read with the same values in the same
     * order, whichever store and wire lie between. A whole number comes back as an {@code Integer}
     * if that holds it, else a {@code Long}, else a {@code BigInteger}; any other number as the
     * {@code BigDecimal} of the same digits.
     *
     * <p>What every reader of the protocol can read is taken, and nothing else: a number is written
     * with 1,000 characters at most, a name has 10,000 characters at most, another string
     * 20,000,000.
     *
     * @param info strings, numbers, booleans, nulls, and lists and maps of these, nested 64 levels
     *     deep at most
     * @return this
     * @throws IllegalArgumentException if it holds anything else, such as a date, a {@code NaN} or
     *     half of a surrogate pair, or a value beyond these bounds; the message says where
     */
    public Builder info(Map<String, ?> info) {
      this.info = Info.copyOf(info);
      return this;
    }

    /**
     * Sets the ttl to ask for. Default: the registry's own, commonly 30 seconds.
     *
     * @param ttl from {@link #MIN_TTL} to {@link #MAX_TTL}, in whole milliseconds
     * @return this
     * @throws IllegalArgumentException if it is not so
     */
    public Builder ttl(Duration ttl) {
      this.ttl = Ttl.check(ttl);
      return this;
    }

    /**
     * Builds the registration.
     *
     * @return the registration
     * @throws IllegalArgumentException if no id was set and {@code info.id} is a string that is no
     *     id
     */
    public Registration build() {
      return new Registration(this);
    }
  }
}
