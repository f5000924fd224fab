/** What Rollcall costs, each figure beside a floor that the same run measures. */
@NullMarked
package dev.rollcall.examples.benchmarks;

import org.jspecify.annotations.NullMarked;
