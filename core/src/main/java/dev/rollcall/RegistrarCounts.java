package dev.rollcall;

/**
 * What a {@link Registrar} has done since it was started.
 *
 * @param registrations how often it was registered: once, and once each time that it had been lost
 * @param pings how many pings extended the lease
 * @param failures how many calls of the registry failed
 */
public record RegistrarCounts(long registrations, long pings, long failures) {}
