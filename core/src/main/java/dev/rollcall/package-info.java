/**
 * An embeddable service registry: services register, keep their lease alive by pinging, and vanish
 * when they stop.
 *
 * <p>{@link dev.rollcall.ServiceRegistry} is the only entry point: a registry in this JVM and the
 * client of a remote one both implement it. {@link dev.rollcall.registrar.Registrar} keeps one
 * service registered with whichever it is given. No parameter and no result is ever {@code null},
 * except what an exception is created with; an absent result is an empty {@link
 * java.util.Optional}.
 */
@NullMarked
package dev.rollcall;

import org.jspecify.annotations.NullMarked;
