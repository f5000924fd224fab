/**
 * The commands that are clients of a server: {@code keep} keeps a program registered, {@code
 * services} prints which services there are.
 */
@NullMarked
package dev.rollcall.app.commands;

import org.jspecify.annotations.NullMarked;
