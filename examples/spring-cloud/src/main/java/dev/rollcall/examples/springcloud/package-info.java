/** A Spring Boot application that registers itself, and finds others for Spring Cloud. */
@NullMarked
package dev.rollcall.examples.springcloud;

import org.jspecify.annotations.NullMarked;
