/**
 * Whether the contract bites: one store that must pass it, and one that must fail its races.
 *
 * <p>{@link dev.rollcall.contract.control.AtomicStore} is also the shortest store that there can
 * be, for whoever writes one to read.
 */
package dev.rollcall.contract.control;
