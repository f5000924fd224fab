/**
 * Reads the JSON of answers, also that of other implementations of the protocol: what has the wrong
 * type or form counts as missing, and no answer takes more memory than it may.
 *
 * <p>{@code ResponseFields} reads one object, {@code ServiceReader} and {@code ServiceEventReader}
 * what it says of a service, and {@code ProblemBody} a refusal.
 */
@NullMarked
package dev.rollcall.http.client.json;

import org.jspecify.annotations.NullMarked;
