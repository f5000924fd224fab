package dev.rollcall.http.server;

import static dev.rollcall.http.server.harness.ProblemAssert.assertProblem;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.server.harness.RawHttp.Answer;
import dev.rollcall.http.server.harness.ServedRegistry;
import dev.rollcall.http.server.harness.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may do what without a key, with a wrong one, and with any of several. */
class ServiceKeyTest {
  private static final String BODY = "{\"id\":\"a\",\"url\":\"http://h\",\"info\":{}}";
  private static final String GOOD = "X-Service-Key: right-key";

  private static ServedRegistry serve(ServiceKeys keys) {
    return new ServedRegistry(handler -> handler.serviceKeys(keys), server -> server);
  }

  private static List<Answer> writes(Wire wire, String... headers) {
    return List.of(
        wire.register(BODY, headers),
        wire.send("PUT", "/services/a/$ping", new byte[0], headers),
        wire.send("PUT", "/services/a/%24ping?lease=x", new byte[0], headers),
        wire.send("DELETE", "/services/a", new byte[0], headers),
        wire.send("DELETE", "/services/none", new byte[0], headers));
  }

  @Tag("not-on-jetty")
  @Test
  void withoutAKeyOrWithAWrongOneNothingIsWrittenAndTheAnswerIsTheSame() {
    try (var served = serve(ServiceKeys.of(List.of("right-key")))) {
      Wire wire = served.wire();
      String expected = wire.register(BODY).text();
      for (String header :
          new String[] {
            "X-Other: x",
            "X-Service-Key:",
            "X-Service-Key: right-ke",
            "X-Service-Key: right-key1",
            "X-Service-Key: RIGHT-KEY",
            "X-Service-Key: " + "k".repeat(10_000),
            "X-Service-Key: right-key\r\nX-Service-Key: right-key",
            "Authorization: right-key"
          }) {
        for (Answer answer : writes(wire, header)) {
          assertProblem(answer, 401, "unauthorized");
          assertThat(answer.header("WWW-Authenticate")).startsWith("ServiceKey ");
        }
        assertThat(wire.register(BODY, header).text()).isEqualTo(expected);
      }
      assertThat(served.registry().list()).isEmpty();
    }
  }

  @Test
  void withAnyOfTheKeysAllIsPossible() {
    ServiceKeys keys = ServiceKeys.of(List.of("old")).and(ServiceKeys.of(List.of("new", "newer")));
    try (var served = serve(keys)) {
      for (String key : List.of("old", "new", "newer")) {
        List<Answer> answers = writes(served.wire(), "x-service-key: " + key);
        assertThat(answers).extracting(Answer::status).containsExactly(201, 200, 409, 200, 404);
      }
    }
  }

  @Test
  void readsAndHealthNeedNoKeyUnlessReadsAreSaidTo() {
    ServiceKeys keys = ServiceKeys.of(List.of("right-key"));
    try (var open = serve(keys);
        var closed =
            new ServedRegistry(
                handler -> handler.serviceKeys(keys).keyForReads(), server -> server)) {
      for (String path :
          List.of("/services", "/services/a", "/services/a/$history", "/services/$events")) {
        open.wire().register(BODY, GOOD);
        closed.wire().register(BODY, GOOD);
        assertThat(open.wire().get(path).status()).isEqualTo(200);
        assertProblem(closed.wire().get(path), 401, "unauthorized");
        assertThat(closed.wire().send("GET", path, new byte[0], GOOD).status()).isEqualTo(200);
      }
      assertThat(closed.wire().get("/health").status()).isEqualTo(200);
    }
  }

  @Test
  void aRefusedBodyIsNotReadAsARegistration() {
    try (var served = serve(ServiceKeys.of(List.of("right-key")))) {
      assertProblem(served.wire().register("{no json"), 401, "unauthorized");
      assertProblem(served.wire().register("{no json", GOOD), 400, "malformed");
    }
  }

  @Test
  void aFileOfKeysHoldsOneALine(@TempDir Path folder) throws Exception {
    Path file =
        Files.writeString(folder.resolve("keys"), "one\r\n\n  two \n# for orders\n#three\n");
    try (var served = serve(ServiceKeys.inFile(file))) {
      assertThat(served.wire().register(BODY, "X-Service-Key: one").status()).isEqualTo(201);
      assertThat(served.wire().register(BODY, "X-Service-Key: two").status()).isEqualTo(201);
      for (String key : List.of("", "three", "#three")) {
        assertThat(served.wire().register(BODY, "X-Service-Key: " + key).status()).isEqualTo(401);
      }
    }
  }

  @Test
  void aFileThatIsMissingOrHasNoKeyIsRefusedByName(@TempDir Path folder) throws Exception {
    Path missing = folder.resolve("missing");
    Path empty = Files.writeString(folder.resolve("empty"), " \n\n");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServiceKeys.inFile(missing))
        .withMessageContaining(missing.toString());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServiceKeys.inFile(empty))
        .withMessageContainingAll(empty.toString(), "no service key");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServiceKeys.inFile(Path.of("/dev/zero")))
        .withMessageContainingAll("/dev/zero", "longer than 1 MiB");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "two words", "t\u00fcr", "tab\t", "line\nline"})
  void aKeyThatNoHeaderCanCarryIsRefusedWithoutBeingRepeated(String key) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServiceKeys.of(List.of(key)))
        .withMessageStartingWith(
            "a service key is 1 to 512 characters of printable ASCII without a space; this one has")
        .satisfies(
            e -> {
              if (!key.isEmpty()) {
                assertThat(e.getMessage()).doesNotContain(key);
              }
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"k\u00e9y", "\ufeffkey", "\u00a0"})
  void aFileWithALineThatIsNoKeyIsRefusedByItsNumber(String line, @TempDir Path folder)
      throws Exception {
    Path file = Files.writeString(folder.resolve("keys"), "good\n\n" + line + "\n");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServiceKeys.inFile(file))
        .withMessageContainingAll(file.toString(), "line 3: ", "this one has other characters")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain(line, "good"));
  }

  @Test
  void aKeyThatIsTooLongIsRefusedByItsLineAndLengthAndOneThatIsNoUtf8ByItsLine(@TempDir Path folder)
      throws Exception {
    Path tooLong = Files.writeString(folder.resolve("long"), "k".repeat(513));
    Path binary = Files.write(folder.resolve("binary"), new byte[] {'k', (byte) 0xff, '\n'});

    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServiceKeys.inFile(tooLong))
        .withMessageContainingAll("line 1: ", "this one has 513 characters");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServiceKeys.inFile(binary))
        .withMessageContainingAll("line 1: ", "this one has other characters");
  }

  @Test
  void aSecretThatEndsWithoutALineBreakIsTakenAtFirstAndAfterARename(@TempDir Path folder)
      throws Exception {
    Path file = old(Files.writeString(folder.resolve("key"), "one"));
    var keys = new KeyFile(file);
    assertThat(keys.read()).containsExactly("one");

    Path renamed = old(Files.writeString(folder.resolve("new"), "two"));
    Files.move(renamed, file, ATOMIC_MOVE, REPLACE_EXISTING);

    assertThat(keys.read()).containsExactly("two");
  }

  @Test
  void aSecretThatEndsWithoutALineBreakIsTakenWhenALinkToItsFolderIsReplaced(@TempDir Path folder)
      throws Exception {
    Path first = Files.createDirectory(folder.resolve("first"));
    Path second = Files.createDirectory(folder.resolve("second"));
    Files.writeString(first.resolve("key"), "one\n");
    Files.writeString(second.resolve("key"), "two");
    Path data = Files.createSymbolicLink(folder.resolve("data"), first);
    var keys = new KeyFile(data.resolve("key"));
    assertThat(keys.read()).containsExactly("one");

    Path replacement = Files.createSymbolicLink(folder.resolve("replacement"), second);
    Files.move(replacement, data, ATOMIC_MOVE, REPLACE_EXISTING);

    assertThat(keys.read()).containsExactly("two");
  }

  @Test
  void aKeyThatIsBeingWrittenToANewFileIsNeverTakenInPart(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("key"), "first\n");
    var keys = new KeyFile(file);
    keys.read();

    Files.move(file, folder.resolve("key~"));
    Files.writeString(file, "fullkey-two-ha");
    assertRefused(keys);
    // What is seen to be written stays so, whatever changes its inode later.
    old(file);
    assertRefused(keys);

    Files.writeString(file, "fullkey-two-half-and-half\n");
    assertThat(keys.read()).containsExactly("fullkey-two-half-and-half");
  }

  private static void assertRefused(KeyFile keys) {
    assertThatIllegalArgumentException()
        .isThrownBy(keys::read)
        .withMessageContaining("end that line with one");
  }

  @Test
  void aKeyThatIsBeingWrittenInPlaceIsNeverTakenInPart(@TempDir Path folder) throws Exception {
    Path file = old(Files.writeString(folder.resolve("key"), "first"));
    var keys = new KeyFile(file);
    keys.read();
    String whole = "old-key\na-whole-new-key\n";

    for (int length = 0; length < whole.length(); length++) {
      Files.writeString(file, whole.substring(0, length));
      try {
        assertThat(keys.read()).isSubsetOf("old-key", "a-whole-new-key");
      } catch (IllegalArgumentException e) {
        assertThat(e).hasMessageContaining("its last line has no line break");
      }
    }

    Files.writeString(file, whole);
    assertThat(keys.read()).containsExactly("old-key", "a-whole-new-key");
  }

  @Test
  void aFirstReadingWaitsForWhoeverWritesInRealTime(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("key"), "half");
    Instant justNow = Files.getLastModifiedTime(file).toInstant();
    var keys =
        new KeyFile(
            file,
            () -> {
              // The time is asked for once half of it has been read.
              writeString(file, "half-and-half\n");
              return justNow;
            });

    assertThat(keys.read()).containsExactly("half-and-half");
  }

  private static void writeString(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lets a file look as if nobody had written to it just now. */
  private static Path old(Path file) throws IOException {
    return Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
  }

  @Test
  void noKeyIsToldByToString() {
    assertThat(ServiceKeys.of(List.of("right-key"))).hasToString("ServiceKeys");
  }

  @Test
  void readsCannotNeedAKeyThatThereIsNot() {
    try (var registry = ServiceRegistry.open("memory:")) {
      var endpoints = RegistryEndpoints.builder(registry).keyForReads();

      assertThatIllegalArgumentException()
          .isThrownBy(endpoints::build)
          .withMessageContaining("keyForReads needs serviceKeys");
    }
  }
}
