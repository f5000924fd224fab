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
 * @param madeId whether the registrar made that id, so that nobody else has it
 * @param lowersTimeoutSilently whether the timeout is the default, which nobody chose
 */
record RegistrarSettings(
    Registration registration,
    boolean madeId,
    boolean enableKeepalive,
    Duration keepaliveInterval,
    boolean autoDeregister,
    int maxRetries,
    Duration retryDelay,
    boolean failOnError,
    Duration startTimeout,
    Duration timeout,
    boolean lowersTimeoutSilently,
    @Nullable BooleanSupplier registerWhen,
    boolean shutdownHook,
    @Nullable RegistrarListener listener,
    RandomGenerator random) {

  String id() {
    return registration.id().orElseThrow();
  }
}
