/** A simulation of fleets that are larger than what one machine can run. */
@NullMarked
package dev.rollcall.examples.benchmarks.simulation;

import org.jspecify.annotations.NullMarked;
