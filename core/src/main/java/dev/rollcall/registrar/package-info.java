/**
 * What keeps a service registered: {@link dev.rollcall.registrar.Registrar} registers it, pings,
 * registers it again where the registry has lost it, and deregisters it when closed. {@link
 * dev.rollcall.registrar.Keepalive} keeps the time of any number of registrars.
 *
 * <p>How it works inside: {@code RegistrarStateMachine} is a state machine that decides and does
 * nothing; {@code RegistrarDriver} does what it decides, one step at a time, on the keepalive's
 * timer; {@code RegistrarActions} makes the calls of the registry.
 */
@NullMarked
package dev.rollcall.registrar;

import org.jspecify.annotations.NullMarked;
