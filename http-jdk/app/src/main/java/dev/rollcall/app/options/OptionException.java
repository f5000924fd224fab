package dev.rollcall.app.options;

import java.io.UncheckedIOException;
import java.util.function.Supplier;

/** An option's value is one that what it is for does not take. */
public final class OptionException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String option;

  private OptionException(String option, String reason, RuntimeException cause) {
    super(reason, cause);
    this.option = option;
  }

  /** Has the value of an option used; what refuses it is told with the option's name. */
  public static <T> T in(String option, Supplier<T> use) {
    try {
      return use.get();
    } catch (IllegalArgumentException | UncheckedIOException e) {
      throw new OptionException(option, e.getMessage(), e);
    }
  }

  /** Returns the name of the option, with its dashes. */
  public String option() {
    return option;
  }

  /** Returns what is wrong with its value. */
  public String reason() {
    return String.valueOf(super.getMessage());
  }

  @Override
  public String getMessage() {
    return option + ": " + reason();
  }
}
