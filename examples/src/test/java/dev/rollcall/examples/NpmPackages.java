package dev.rollcall.examples;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Tools that run on Node.js, in the versions of a lock file. */
final class NpmPackages {
  private static final String LOCK = "package-lock.json";
  private static final List<String> NPM_CI =
      List.of("npm", "ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund");

  private NpmPackages() {}

  /**
   * Installs what the lock file of a folder names, unless an earlier run has, and returns where it
   * is: a folder of the same name below the build's.
   */
  static Path install(Path folder) throws IOException, InterruptedException {
    Path installed = Path.of("target").resolve(folder.getFileName());
    Path done = installed.resolve("installed.json");
    String lock = Files.readString(folder.resolve(LOCK));
    if (Files.exists(done) && Files.readString(done).equals(lock)) {
      return installed;
    }
    Files.createDirectories(installed);
    for (String file : List.of("package.json", LOCK)) {
      Files.copy(folder.resolve(file), installed.resolve(file), REPLACE_EXISTING);
    }
    try {
      Programs.output(NPM_CI, installed);
    } catch (IOException e) {
      fail("this needs Node.js 20.19 or later with npm; .ci/install-node installs them", e);
    }
    Files.writeString(done, lock);
    return installed;
  }
}
