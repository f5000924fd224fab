/** gRPC channels to services that come and go. */
@NullMarked
package dev.rollcall.examples.grpc;

import org.jspecify.annotations.NullMarked;
