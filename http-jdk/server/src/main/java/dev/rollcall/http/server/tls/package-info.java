/** The certificate of a server and its key, read again when their files change. */
@NullMarked
package dev.rollcall.http.server.tls;

import org.jspecify.annotations.NullMarked;
