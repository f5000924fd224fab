package dev.rollcall;

import org.jspecify.annotations.Nullable;

/**
 * The root of what a registry throws, split by what the caller can do: try again later ({@link
 * RegistryUnavailableException}), or not ({@link RejectedException}). A service that is not there
 * is no exception, but an empty {@link java.util.Optional}.
 *
 * <p>A message names the operation, the id and the endpoint, never a key or a password.
 */
public abstract sealed class RegistryException extends RuntimeException
    permits RegistryUnavailableException, RejectedException {
  private static final long serialVersionUID = 1L;

  RegistryException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
