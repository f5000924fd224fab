/** A Spring Boot application that serves a registry, and registers itself there. */
@NullMarked
package dev.rollcall.examples.springboot;

import org.jspecify.annotations.NullMarked;
