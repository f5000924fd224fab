/**
 * The view that a registry keeps of its services while somebody watches. Not exported: {@link
 * dev.rollcall.ServiceRegistry#watch} is the way in.
 *
 * <p>{@link dev.rollcall.view.RegistryView} runs the steps, each on one thread at a time: {@link
 * dev.rollcall.view.Hints} say which ids to look at, {@link dev.rollcall.view.KnownServices} when
 * leases end, and the {@link dev.rollcall.view.ViewSource} what is true. What has changed goes to
 * each {@link dev.rollcall.view.QueryGroup}, and from there to each {@link
 * dev.rollcall.view.Watcher}, which calls its listener on a thread of its own.
 */
@NullMarked
package dev.rollcall.view;

import org.jspecify.annotations.NullMarked;
