/**
 * Whether the contract bites: a store that must pass it, one that must fail its races, and stores
 * and registries with one fault each that must fail what it says of watches.
 *
 * <p>{@link dev.rollcall.contract.control.AtomicStore} is also the shortest store that there can
 * be, for whoever writes one to read.
 */
package dev.rollcall.contract.control;
