/**
 * What keeps a service registered: {@link dev.rollcall.registrar.Registrar} registers it, pings,
 * registers it again where the registry has lost it, and deregisters it when closed. {@link
 * dev.rollcall.registrar.Keepalive} is the timer and the threads of any number of registrars.
 *
 * <p>How it works inside:
 *
 * <ul>
 *   <li>{@code RegistrarStateMachine} decides what to do next, and does nothing itself. It asks
 *       {@code HeldLease} whether the lease still holds, {@code PingSchedule} when to ping, {@code
 *       RetrySchedule} and {@code Backoff} when to try again. {@code Backoff} also spreads the
 *       first ping and the registrations at random.
 *   <li>{@code RegistrarDriver} carries out the decisions, one action at a time, on the keepalive's
 *       timer. {@code RegistrarActions} makes the calls; {@code Deregistration} is the last one.
 *   <li>{@code AsyncAdapters} lets a registry that blocks be called without blocking the timer, on
 *       a {@code BoundedThreadPool} of its own. {@code PingCollector} sends the pings of many
 *       registrars together.
 *   <li>{@code StateChangeNotifier} logs changes and notifies the listener, on a {@code
 *       SerialExecutor}.
 *   <li>{@code SuspendDetector} finds out that the machine was suspended; {@code Watchdog} restarts
 *       what an {@code Error} stopped.
 *   <li>{@code ServicekitEnvironment} holds everything that comes from Python's servicekit.
 * </ul>
 */
@NullMarked
package dev.rollcall.registrar;

import org.jspecify.annotations.NullMarked;
