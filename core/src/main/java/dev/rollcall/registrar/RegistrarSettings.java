package dev.rollcall.registrar;

import dev.rollcall.Registration;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Registrar} was built with. The names are those of {@link Registrar.Builder}.
 *
 * @param registration what to register; it has an id
 * @param generatedId whether the registrar generated that id, so that nobody else has it
 * @param isDefaultTimeout whether the timeout is the default, which nobody chose
 */
record RegistrarSettings(
    Registration registration,
    boolean generatedId,
    boolean enableKeepalive,
    Duration keepaliveInterval,
    boolean autoDeregister,
    Duration drainDelay,
    int maxRetries,
    Duration retryDelay,
    boolean failOnError,
    Duration startTimeout,
    Duration timeout,
    boolean isDefaultTimeout,
    @Nullable BooleanSupplier registerWhen,
    boolean shutdownHook,
    @Nullable RegistrarListener listener,
    RandomGenerator random) {

  boolean checksReadiness() {
    return registerWhen != null;
  }

  boolean drains() {
    return !drainDelay.isZero();
  }

  boolean hasListener() {
    return listener != null;
  }

  String id() {
    return registration.id().orElseThrow();
  }
}
