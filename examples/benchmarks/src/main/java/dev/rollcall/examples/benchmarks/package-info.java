/**
 * What Rollcall costs, each figure beside a floor that the same run measures.
 *
 * <p>{@code Benchmarks} names them all. Each is a class of its own whose name ends in {@code
 * Benchmark}, so there are more than 25 files; the others are what several of them use.
 */
@NullMarked
package dev.rollcall.examples.benchmarks;

import org.jspecify.annotations.NullMarked;
