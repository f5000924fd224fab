package dev.rollcall.http.wire;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PemFilesTest {
  @TempDir private Path folder;

  /** It may be there again at the next look, as of a file system that a network brings. */
  @Test
  void aFileThatCannotBeReadIsNotSaidToBeMalformed() {
    assertThatIOException().isThrownBy(() -> PemFiles.certificates(folder));
  }

  @Test
  void aFileWithoutACertificateIsRefusedByName() throws IOException {
    Path file = Files.writeString(folder.resolve("empty.pem"), "");

    assertThatExceptionOfType(GeneralSecurityException.class)
        .isThrownBy(() -> PemFiles.certificates(file))
        .withMessage("there is no certificate in " + file);
  }
}
