package dev.rollcall;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * What a service says about itself: the fields that all services share, and any further ones.
 *
 * <pre>{@code
 * ServiceInfo.builder("my-service")
 *     .displayName("My Service")
 *     .version("1.0.0")
 *     .with("capabilities", List.of("a", "b"))
 *     .build()
 * }</pre>
 *
 * <p>Immutable.
 */
public final class ServiceInfo {
  private final Map<String, Object> fields;

  private ServiceInfo(Map<String, Object> fields) {
    this.fields = Info.copyOf(fields);
  }

  /**
   * Returns a builder of the info of a service that brings its id.
   *
   * @param id the id; see {@link Registration.Builder#id}
   * @return the builder
   * @throws IllegalArgumentException if it is not a valid id
   */
  public static Builder builder(String id) {
    return new Builder().with("id", ServiceId.check(id));
  }

  /**
   * Returns a builder of the info of a service that brings no id.
   *
   * @return the builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns the fields by their names in JSON, such as {@code display_name}, in the order that they
   * were set in.
   *
   * @return the fields, deeply immutable
   */
  public Map<String, Object> toMap() {
    return fields;
  }

  @Override
  public String toString() {
    return "ServiceInfo" + fields;
  }

  /**
   * Collects a {@link ServiceInfo}. No field is required.
   *
   * <p>Not safe for use by more than one thread at a time.
   */
  public static final class Builder {
    private final Map<String, Object> fields = new LinkedHashMap<>();

    private Builder() {}

    /**
     * Sets the name for people: {@code display_name}.
     *
     * @param displayName the name
     * @return this
     */
    public Builder displayName(String displayName) {
      return with("display_name", displayName);
    }

    /**
     * Sets the version: {@code version}.
     *
     * @param version the version
     * @return this
     */
    public Builder version(String version) {
      return with("version", version);
    }

    /**
     * Sets what the service does, for people: {@code description}.
     *
     * @param description the description
     * @return this
     */
    public Builder description(String description) {
      return with("description", description);
    }

    /**
     * Sets a field.
     *
     * @param name its name in JSON
     * @param value a value that {@link Registration.Builder#info} accepts, checked by {@link
     *     #build}
     * @return this
     */
    public Builder with(String name, Object value) {
      fields.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, name));
      return this;
    }

    /**
     * Builds the info.
     *
     * @return the info
     * @throws IllegalArgumentException if a field holds what JSON cannot, saying which
     */
    public ServiceInfo build() {
      return new ServiceInfo(fields);
    }
  }
}
