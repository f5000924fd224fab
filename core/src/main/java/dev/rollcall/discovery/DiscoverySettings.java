package dev.rollcall.discovery;

import dev.rollcall.Service;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;

/** What the instances of all names of a {@link Discovery} share. */
record DiscoverySettings(
    PickStrategy strategy,
    Optional<Preference> preference,
    LongSupplier nanoTime,
    InstantSource wallClock,
    BiConsumer<Service, Duration> onEjected) {}
