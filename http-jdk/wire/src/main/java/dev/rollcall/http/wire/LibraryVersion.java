package dev.rollcall.http.wire;

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
   * @throws IllegalStateException if it is older than 2.18.2, up to which it wrote some characters
   *     wrong
   */
  public static void checkJackson() {
    checkJackson("jackson-core", com.fasterxml.jackson.core.json.PackageVersion.VERSION);
    checkJackson("jackson-databind", com.fasterxml.jackson.databind.cfg.PackageVersion.VERSION);
  }

  private static void checkJackson(String artifact, Version version) {
    Version oldest = new Version(2, 18, 2, null, version.getGroupId(), version.getArtifactId());
    if (version.compareTo(oldest) < 0) {
      throw tooOld(artifact, "2.18.2", version.toString());
    }
  }

  /**
   * Checks a library. A version that has no numbers is taken as it is.
   *
   * @param name the library
   * @param version which is there
   * @param major the oldest major version that will do
   * @param minor the oldest minor version of that major one
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
      throw tooOld(name, major + "." + minor, version);
    }
  }

  private static IllegalStateException tooOld(String name, String oldest, String found) {
    return new IllegalStateException(
        "Rollcall needs "
            + name
            + " "
            + oldest
            + " or later, and found "
            + found
            + "; set its version in the application's build");
  }
}
