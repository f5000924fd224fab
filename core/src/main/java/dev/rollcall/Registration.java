package dev.rollcall;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a service asks to be registered as.
 *
 * <p>Immutable.
 */
public final class Registration {
  private final @Nullable String id;
  private final @Nullable String name;
  private final String url;
  private final Info info;
  private final @Nullable Duration ttl;
  private final @Nullable String leaseId;
  private final int heapBytes;

  private Registration(Builder builder) {
    this.id = builder.id != null ? builder.id : idIn(builder.info);
    if (builder.url == null) {
      throw new IllegalArgumentException("a registration needs a url; set url()");
    }
    this.name = builder.name != null ? builder.name : nameIn(builder.info);
    this.url = builder.url;
    this.info = builder.info;
    this.ttl = builder.ttl;
    this.leaseId = builder.leaseId;
    if (leaseId != null && id == null) {
      throw new IllegalArgumentException(
          "a registration with a lease id needs the id of the service that has the lease; set id()");
    }
    long bytes = HeapSize.REGISTRATION + HeapSize.ofString(url) + info.heapBytes();
    bytes += id == null ? 0 : HeapSize.ofString(id);
    bytes += name == null ? 0 : HeapSize.ofString(name);
    bytes += ttl == null ? 0 : HeapSize.DURATION;
    bytes += leaseId == null ? 0 : HeapSize.ofString(leaseId);
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
          "info.id is not a service id (set another with id()): " + e.getMessage(), e);
    }
  }

  private static @Nullable String nameIn(Map<String, Object> info) {
    return info.get("name") instanceof String name && ServiceId.isValid(name) ? name : null;
  }

  /**
   * Returns a builder of a registration. Its {@link Builder#url} must be set.
   *
   * @return the builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns a builder of the registration of a service that is reached at a url.
   *
   * @param url where the service is reached; see {@link Builder#url}
   * @return the builder
   * @throws IllegalArgumentException if it is not a url that a service can have
   */
  public static Builder builder(String url) {
    return new Builder().url(url);
  }

  /**
   * Returns the id that the service brings: the one that was set, otherwise {@code info.id} if that
   * is a non-empty string.
   *
   * @return the id, or empty if the registry is to generate one
   */
  public Optional<String> id() {
    return Optional.ofNullable(id);
  }

  /**
   * Returns the name of the service, which all instances have that do the same: the one that was
   * set, otherwise {@code info.name} if that has the form of a name. Other texts in {@code
   * info.name} are only texts.
   *
   * @return the name, or empty if the service has its id for a name
   */
  public Optional<String> name() {
    return Optional.ofNullable(name);
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
   * Returns what the service says about itself.
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
   * Returns the lease that this registration updates.
   *
   * @return the lease id, or empty for a registration that gets a lease of its own
   */
  public Optional<String> leaseId() {
    return Optional.ofNullable(leaseId);
  }

  /**
   * Returns this registration without a lease id.
   *
   * @return a registration that differs only in this; this one if it has no lease id
   */
  public Registration withoutLeaseId() {
    if (leaseId == null) {
      return this;
    }
    Builder builder = toBuilder();
    builder.leaseId = null;
    return builder.build();
  }

  /**
   * Returns about how many bytes of heap this registration takes, with everything it holds; for
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
   * Returns a builder of a registration that differs from this one in what is set next.
   *
   * @return the builder
   */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.id = id;
    builder.name = name;
    builder.url = url;
    builder.info = info;
    builder.ttl = ttl;
    builder.leaseId = leaseId;
    return builder;
  }

  @Override
  public String toString() {
    return "Registration[id=" + (id == null ? "(to be generated)" : id) + ", url=" + url + "]";
  }

  /**
   * Collects a {@link Registration}. Each setter checks its argument at once.
   *
   * <p>Not safe for use by more than one thread at a time.
   */
  public static final class Builder {
    /** Far more than any registry's lease ids have. */
    private static final int MAX_LEASE_ID_LENGTH = 256;

    private @Nullable String id;
    private @Nullable String name;
    private @Nullable String url;
    private Info info = Info.empty();
    private @Nullable Duration ttl;
    private @Nullable String leaseId;

    private Builder() {}

    /**
     * Sets the id. Default: {@code info.id} if that is a non-empty string, otherwise a {@link Ulid}
     * that the registry generates.
     *
     * @param id 1 to 128 characters of {@code A-Z a-z 0-9 . _ -}, the first a letter or a digit
     * @return this
     * @throws IllegalArgumentException if it is not valid
     */
    public Builder id(String id) {
      this.id = ServiceId.check(id);
      return this;
    }

    /**
     * Sets the name, which all instances have that do the same. Default: {@code info.name} if that
     * has the form of a name, otherwise the id.
     *
     * @param name 1 to 128 characters of {@code A-Z a-z 0-9 . _ -}, the first a letter or a digit
     * @return this
     * @throws IllegalArgumentException if it is not valid
     */
    public Builder name(String name) {
      this.name = ServiceId.checkName(name);
      return this;
    }

    /**
     * Sets where the service is reached.
     *
     * @param url an absolute http or https URL with a host and without credentials, at most 2,048
     *     characters
     * @return this
     * @throws IllegalArgumentException if it is not valid
     */
    public Builder url(String url) {
      this.url = ServiceUrl.check(url);
      return this;
    }

    /**
     * Sets what the service says about itself. Default: nothing.
     *
     * <p>It is copied, deeply, and comes back from every read with the same values in the same
     * order, whichever store and transport are between. A whole number comes back as an {@code
     * Integer} if that holds it, else a {@code Long}, else a {@code BigInteger}; any other number
     * as the {@code BigDecimal} of the same digits.
     *
     * <p>Only what every reader of the protocol can read is accepted: a number that takes at most
     * 1,000 characters to write, a name of at most 10,000 characters, another string of at most
     * 20,000,000.
     *
     * @param info strings, numbers, booleans, nulls, and lists and maps of these, nested at most 64
     *     levels deep
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
     * @param ttl from {@link Ttl#MIN} to {@link Ttl#MAX}, in whole milliseconds
     * @return this
     * @throws IllegalArgumentException if it is not valid
     */
    public Builder ttl(Duration ttl) {
      this.ttl = Ttl.check(ttl);
      return this;
    }

    /**
     * Makes this an update of a service that is registered: it takes effect only while this lease
     * holds the id. The service keeps the lease, with all that was given out under it, and so is
     * not superseded by itself; see {@link ServiceRegistry#register}. Default: no lease id, so that
     * the service gets a lease of its own, whoever held the id before.
     *
     * @param leaseId the {@linkplain Lease#leaseId() lease id} that the registration of the service
     *     returned, 1 to 256 characters
     * @return this
     * @throws IllegalArgumentException if it is empty or longer
     */
    public Builder leaseId(String leaseId) {
      if (leaseId.isEmpty() || leaseId.length() > MAX_LEASE_ID_LENGTH) {
        throw new IllegalArgumentException(
            "a lease id has 1 to "
                + MAX_LEASE_ID_LENGTH
                + " characters; this one has "
                + leaseId.length());
      }
      this.leaseId = leaseId;
      return this;
    }

    /**
     * Builds the registration.
     *
     * @return the registration
     * @throws IllegalArgumentException if no url was set, if no id was set and {@code info.id} is a
     *     string that cannot be an id, or if a lease id was set and there is no id
     */
    public Registration build() {
      return new Registration(this);
    }
  }
}
