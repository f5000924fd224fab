package dev.rollcall.registrar;

import java.util.Optional;

/**
 * How a registration stands.
 *
 * @param state the state
 * @param lastError what the last step failed with, if it did
 * @param pingSchedule when it pings
 * @param isStarting whether the tries of the start go on
 */
record RegistrarSnapshot(
    RegistrarState state,
    Optional<RuntimeException> lastError,
    PingSchedule pingSchedule,
    boolean isStarting) {}
