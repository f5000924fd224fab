/**
 * Micrometer meters for stores, requests and registrars. {@link
 * dev.rollcall.metrics.RollcallMetrics} is the only entry point.
 */
@NullMarked
package dev.rollcall.metrics;

import org.jspecify.annotations.NullMarked;
