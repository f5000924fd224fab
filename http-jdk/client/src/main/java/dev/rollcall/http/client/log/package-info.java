/**
 * What the client says: states that are logged when they begin and end, and texts of others without
 * secrets and control characters.
 */
@NullMarked
package dev.rollcall.http.client.log;

import org.jspecify.annotations.NullMarked;
