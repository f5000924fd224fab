/**
 * Valkey servers for tests: one alone, a Sentinel set, a Cluster; and a proxy that fails on demand.
 *
 * <p>They ship in this artifact's {@code tests} jar.
 */
package dev.rollcall.store.valkey.harness;
