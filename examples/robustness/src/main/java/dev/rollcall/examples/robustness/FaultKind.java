package dev.rollcall.examples.robustness;

import java.util.Random;
import java.util.function.Consumer;

/**
 * A fault that can be made.
 *
 * @param name what is done
 * @param loss what may be undone by it
 * @param injection makes it, with durations of the given source, and returns when it is over
 */
record FaultKind(String name, Loss loss, Consumer<Random> injection) {}
