package dev.rollcall.examples.springcloud;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The properties {@code rollcall.*}.
 *
 * @param url the registry, with its base path
 * @param serviceKey the key with which services register, if the registry asks for one
 * @param names whose instances the application calls; empty for all services of the registry
 * @param startTimeout how long the start waits for the instances; without them it goes on
 * @param instance what the application registers
 */
@Validated
@ConfigurationProperties("rollcall")
record RollcallProperties(
    @NotNull(message = "is the registry's URL, such as http://registry:9000")
        @Pattern(regexp = "https?://.+", message = "must begin with http:// or https://")
        String url,
    @Nullable String serviceKey,
    @DefaultValue List<String> names,
    @DefaultValue("5s") Duration startTimeout,
    @Valid @DefaultValue Instance instance) {

  /**
   * The properties {@code rollcall.instance.*}.
   *
   * @param register whether the application registers itself
   * @param name what its instances are called by
   * @param host where others reach it; the host's name by default
   * @param port where others reach it; the web server's by default
   * @param ttl how long it stays registered without a ping
   * @param drainDelay how long it serves after it has deregistered
   * @param info what it says of itself
   */
  record Instance(
      @DefaultValue("true") boolean register,
      @NotNull(message = "is the name that the instances share")
          @Pattern(
              regexp = "[A-Za-z0-9][A-Za-z0-9._-]{0,127}",
              message = "has 1 to 128 of A-Z a-z 0-9 . _ -, the first a letter or a digit")
          String name,
      @Nullable String host,
      @Nullable @Min(1) @Max(65_535) Integer port,
      @DefaultValue("30s") Duration ttl,
      @DefaultValue("2s") Duration drainDelay,
      @DefaultValue Map<String, String> info) {}
}
