package dev.rollcall.http.server;

/**
 * The limits of {@link RegistryEndpoints}. A request beyond a limit is refused at once, with an
 * answer that says so; nothing queues.
 *
 * <p>Immutable, and safe for use by any number of threads and handlers; each handler counts alone.
 */
public final class RequestLimits {
  private final int maxBodyBytes;
  private final int maxRequests;
  private final int maxLists;
  private final int maxWatches;
  private final int rateLimit;

  /** 0 if it was not set, so that a copy with another rate has the default of that. */
  private final int rateBurst;

  private RequestLimits(Builder builder) {
    this.maxBodyBytes = builder.maxBodyBytes;
    this.maxRequests = builder.maxRequests;
    this.maxLists = builder.maxLists;
    this.maxWatches = builder.maxWatches;
    this.rateLimit = builder.rateLimit;
    this.rateBurst = builder.rateBurst;
  }

  /**
   * Starts limits from the defaults.
   *
   * @return the builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Starts limits from these.
   *
   * @return the builder
   */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /**
   * Returns how large the body of a registration or of a batch of pings may be.
   *
   * @return bytes
   */
  public int maxBodyBytes() {
    return maxBodyBytes;
  }

  /**
   * Returns how many requests run at once.
   *
   * @return the count
   */
  public int maxRequests() {
    return maxRequests;
  }

  /**
   * Returns how many lists run at once.
   *
   * @return the count
   */
  public int maxLists() {
    return maxLists;
  }

  /**
   * Returns how many event streams and waiting requests are open at once.
   *
   * @return the count
   */
  public int maxWatches() {
    return maxWatches;
  }

  /**
   * Returns how many requests a second one client address may send.
   *
   * @return the count, 0 if any number
   */
  public int rateLimit() {
    return rateLimit;
  }

  /**
   * Returns how many requests one client address may send in one burst.
   *
   * @return the count, 0 if any number
   */
  public int rateBurst() {
    return rateBurst == 0 ? rateLimit : rateBurst;
  }

  /** Collects {@link RequestLimits}. Each setter checks its argument at once. */
  public static final class Builder {
    private int maxBodyBytes = 1 << 20;
    private int maxRequests = 256;
    private int maxLists = 16;
    private int maxWatches = 1_000;
    private int rateLimit;
    private int rateBurst;

    private Builder() {}

    private Builder(RequestLimits limits) {
      this.maxBodyBytes = limits.maxBodyBytes;
      this.maxRequests = limits.maxRequests;
      this.maxLists = limits.maxLists;
      this.maxWatches = limits.maxWatches;
      this.rateLimit = limits.rateLimit;
      this.rateBurst = limits.rateBurst;
    }

    /**
     * Sets how large the body of a registration or of a batch of pings may be; a larger one is
     * answered 413. Default: 1,048,576 bytes. A batch of 1,000 pings takes less than 200,000.
     *
     * @param maxBodyBytes 1 or more
     * @return this
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder maxBodyBytes(int maxBodyBytes) {
      this.maxBodyBytes = positive("maxBodyBytes", maxBodyBytes);
      return this;
    }

    /**
     * Sets how many requests run at once; one more is answered 503 with {@code Retry-After}. A
     * request counts from when its body has arrived to when its answer is ready to be sent. A
     * quarter is kept for pings. Default: 256.
     *
     * @param maxRequests 1 or more
     * @return this
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder maxRequests(int maxRequests) {
      this.maxRequests = positive("maxRequests", maxRequests);
      return this;
    }

    /**
     * Sets how many requests for the list of all services wait for it at once, while it is read and
     * encoded once for all of them; one more is answered 503 with {@code Retry-After}. Default: 16.
     *
     * @param maxLists 1 or more
     * @return this
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder maxLists(int maxLists) {
      this.maxLists = positive("maxLists", maxLists);
      return this;
    }

    /**
     * Sets how many event streams and requests that wait for a change are open at once; one more is
     * answered 503 with {@code Retry-After}. Whatever is set here, half of the connections that the
     * server takes are left to others. Default: 1,000.
     *
     * @param maxWatches 1 or more
     * @return this
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder maxWatches(int maxWatches) {
      this.maxWatches = positive("maxWatches", maxWatches);
      return this;
    }

    /**
     * Sets how many requests a second one client address may send, pings included; more are
     * answered 429 with {@code Retry-After}. IPv6 addresses count by their /64 network. Default:
     * any number.
     *
     * <p>The memory for it is fixed at half a megabyte: addresses that fall on the same of 65,536
     * places share one allowance.
     *
     * @param rateLimit 1 to 1,000,000 a second
     * @return this
     * @throws IllegalArgumentException if it is out of bounds
     */
    public Builder rateLimit(int rateLimit) {
      this.rateLimit = rate("rateLimit", rateLimit);
      return this;
    }

    /**
     * Sets how many requests one client address may send at once after a pause. Default: as many as
     * in a second, by {@link #rateLimit}, without which this has no meaning.
     *
     * @param rateBurst 1 to 1,000,000
     * @return this
     * @throws IllegalArgumentException if it is out of bounds
     */
    public Builder rateBurst(int rateBurst) {
      this.rateBurst = rate("rateBurst", rateBurst);
      return this;
    }

    private static int rate(String name, int value) {
      if (value > 1_000_000) {
        throw new IllegalArgumentException(name + " is 1 to 1,000,000, not " + value);
      }
      return positive(name, value);
    }

    private static int positive(String name, int value) {
      if (value < 1) {
        throw new IllegalArgumentException(name + " is 1 or more, not " + value);
      }
      return value;
    }

    /**
     * Builds the limits.
     *
     * @return the limits
     * @throws IllegalArgumentException if there is a {@link #rateBurst} and no {@link #rateLimit}
     */
    public RequestLimits build() {
      if (rateBurst > 0 && rateLimit == 0) {
        throw new IllegalArgumentException("rateBurst needs a rateLimit; set one, or neither");
      }
      return new RequestLimits(this);
    }
  }
}
