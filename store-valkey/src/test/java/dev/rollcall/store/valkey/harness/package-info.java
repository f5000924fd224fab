/**
 * Valkey servers for tests: one alone, a Sentinel set, a Cluster; a proxy that fails on demand; and
 * one who watches a registry meanwhile.
 *
 * <p>They ship in this artifact's {@code tests} jar.
 */
package dev.rollcall.store.valkey.harness;
