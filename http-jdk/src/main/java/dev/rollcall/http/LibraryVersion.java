package dev.rollcall.http;

import com.fasterxml.jackson.core.Version;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The oldest versions of libraries that will do. Asked when a client or a server is built: an older
 * one would fail at some call by a class, a method or a field that it lacks, each time anew.
 */
public final class LibraryVersion {
  private static final Pattern VERSION = Pattern.compile("(\\d{1,6})\\.(\\d{1,6})");

  private LibraryVersion() {}

  /**
   * Checks Jackson.
   *
   * @throws IllegalStateException if it is older than 2.18
   */
  public static void checkJackson() {
    checkJackson("jackson-core", com.fasterxml.jackson.core.json.PackageVersion.VERSION);
    checkJackson("jackson-databind", com.fasterxml.jackson.databind.cfg.PackageVersion.VERSION);
  }

  private static void checkJackson(String artifact, Version version) {
    check(artifact, version.toString(), 2, 18);
  }

  /**
   * Checks a library. A version that has no numbers is taken as it is.
   *
   * @param name the library
   * @param version which is there
   * @throws IllegalStateException if it is older than it may be
   */
  public static void check(String name, String version, int major, int minor) {
    Matcher numbers = VERSION.matcher(version);
    if (!numbers.lookingAt()) {
      return;
    }
    int foundMajor = Integer.parseInt(numbers.group(1));
    int foundMinor = Integer.parseInt(numbers.group(2));
    if (foundMajor < major || (foundMajor == major && foundMinor < minor)) {
      throw new IllegalStateException(
          "Rollcall needs "
              + name
              + " "
              + major
              + "."
              + minor
              + " or later, and found "
              + version
              + "; set its version in the application's build");
    }
  }
}
