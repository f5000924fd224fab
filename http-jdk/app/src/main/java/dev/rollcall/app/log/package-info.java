/**
 * The runnable server's log: each event one line on standard error, as key=value or as JSON. A back
 * end of SLF4J for that jar alone; whoever embeds the library brings their own. Not exported.
 */
@NullMarked
package dev.rollcall.app.log;

import org.jspecify.annotations.NullMarked;
