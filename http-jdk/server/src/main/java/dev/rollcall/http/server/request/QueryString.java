package dev.rollcall.http.server.request;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rollcall.http.server.problem.Problem;
import dev.rollcall.http.server.problem.Problem.Fault;
import dev.rollcall.http.server.problem.ProblemException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;

/**
 * Reads a query string, one parameter after the other, and collects what is wrong with it. It stops
 * at the first parameter or fault that is one too many.
 */
final class QueryString {
  /** All names and conditions that a query can have, and some that are the same or are wrong. */
  private static final int MAX_PARAMETERS = 200;

  /** How many faults are named at most. */
  private static final int MAX_FAULTS = 20;

  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");

  private final Set<String> single = new HashSet<>();
  private final Set<Fault> faults = new LinkedHashSet<>();

  /**
   * Reads parameters.
   *
   * @param raw with its escapes
   * @param parameter takes the name and the value of each, or throws an {@link
   *     IllegalArgumentException} that says what is wrong with it
   */
  void read(String raw, BiConsumer<String, String> parameter) {
    int count = 0;
    for (int from = 0; from <= raw.length() && faults.size() < MAX_FAULTS; count++) {
      if (count == MAX_PARAMETERS) {
        reject("", "has more than " + MAX_PARAMETERS + " parameters");
        break;
      }
      int separator = raw.indexOf('&', from);
      int to = separator < 0 ? raw.length() : separator;
      if (to > from) {
        readOne(raw.substring(from, to), parameter);
      }
      from = to + 1;
    }
  }

  private void readOne(String text, BiConsumer<String, String> parameter) {
    int equals = text.indexOf('=');
    String name = equals < 0 ? text : text.substring(0, equals);
    try {
      name = decode(name);
      if (equals < 0) {
        throw new IllegalArgumentException("needs a value, as in " + name + "=…");
      }
      parameter.accept(name, decode(text.substring(equals + 1)));
    } catch (IllegalArgumentException e) {
      reject(name, e.getMessage());
    }
  }

  /** Decodes strictly: what is not UTF-8 would be compared as something that nobody sent. */
  private static String decode(String text) {
    if (text.chars().anyMatch(c -> c <= ' ' || c > '~')) {
      throw new IllegalArgumentException("has characters that need percent-encoding");
    }
    try {
      byte[] bytes = RequestTarget.decode(text, ISO_8859_1).getBytes(ISO_8859_1);
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (IllegalArgumentException | CharacterCodingException e) {
      throw new IllegalArgumentException(
          "has an escape that is not a percent sign and two hexadecimal digits, or escapes that"
              + " are not UTF-8",
          e);
    }
  }

  /** Returns the value of a parameter that may be given only once. */
  String once(String name, String value) {
    if (!single.add(name)) {
      throw new IllegalArgumentException("may be given only once");
    }
    return value;
  }

  /** Reads a whole number from 1 to a maximum. */
  static int number(String text, int max) {
    int number = NUMBER.matcher(text).matches() ? Integer.parseInt(text) : 0;
    if (number < 1 || number > max) {
      throw new IllegalArgumentException("must be a whole number from 1 to " + max);
    }
    return number;
  }

  /** Notes what is wrong with a parameter. */
  void reject(String parameter, String detail) {
    faults.add(Fault.ofParameter(parameter, detail));
  }

  /**
   * Ends the reading.
   *
   * @throws ProblemException if something is wrong; the problem names all of it
   */
  void check() {
    if (!faults.isEmpty()) {
      throw new ProblemException(Problem.invalidQuery(new ArrayList<>(faults)));
    }
  }
}
