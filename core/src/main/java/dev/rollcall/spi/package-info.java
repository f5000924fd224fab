/**
 * What a store implements: {@link dev.rollcall.spi.TtlStore}, or {@link
 * dev.rollcall.spi.AsyncTtlStore} if it can be called without a waiting thread, and {@link
 * dev.rollcall.spi.TtlStoreProvider} to be opened by URI; and what a client of a remote registry
 * implements beside {@link dev.rollcall.ServiceRegistry}: {@link dev.rollcall.spi.AsyncRegistry} to
 * be called without a waiting thread, and {@link dev.rollcall.spi.ServiceRegistryProvider} to be
 * opened by URL.
 *
 * <p>Users of a registry need nothing from here except {@link dev.rollcall.spi.TtlStore#open}. A
 * store of your own proves itself with the contract tests in the {@code tests} jar of this
 * artifact.
 */
@NullMarked
package dev.rollcall.spi;

import org.jspecify.annotations.NullMarked;
