/** Tests of the endpoints that each adapter of an HTTP server must pass. */
package dev.rollcall.http.server.contract;
