package dev.rollcall.store.valkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.StoreUnavailableException;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.ValkeyProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.RedisClient;

/** The password of a Valkey in a file, and its renewal. */
class PasswordFileTest {
  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    file = directory.resolve("password");
    write("first\n");
  }

  /** Writes the file as if it had been a minute ago. */
  private void write(String text) throws IOException {
    Files.writeString(file, text);
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(60)));
  }

  private String password(PasswordFile passwords) {
    return new String(passwords.get().getPassword());
  }

  private PasswordFile open() {
    return new PasswordFile("user", file.toString());
  }

  @Test
  void aRenewedPasswordIsTakenWithoutTheEndOfItsLine() throws IOException {
    PasswordFile passwords = open();
    assertThat(password(passwords)).isEqualTo("first");
    write(" second \r\n");

    assertThat(password(passwords)).isEqualTo(" second ");
    assertThat(passwords.get().getUser()).isEqualTo("user");
  }

  @Test
  void aFileThatIsGoneEmptyBlankTooLongOrNoTextLeavesTheFormerPassword() throws IOException {
    PasswordFile passwords = open();
    for (String text : new String[] {"", "\n", "   \n", "x".repeat(5_000)}) {
      write(text);
      assertThat(password(passwords)).as(text).isEqualTo("first");
    }
    Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe});
    assertThat(password(passwords)).isEqualTo("first");
    Files.delete(file);
    assertThat(password(passwords)).isEqualTo("first");
    write("second");
    assertThat(password(passwords)).isEqualTo("second");
  }

  @Test
  void aFileThatWasJustWrittenMayBeHalfOfItAndLeavesTheFormerPassword() throws IOException {
    PasswordFile passwords = open();
    Files.writeString(file, "sec");
    Files.setLastModifiedTime(file, FileTime.from(Instant.now()));

    assertThat(password(passwords)).isEqualTo("first");
  }

  @Test
  void aFileWithoutAPasswordAtTheStartIsAnErrorThatNamesIt() throws IOException {
    write("");
    assertThatIllegalArgumentException()
        .isThrownBy(this::open)
        .withMessageContaining(file.toString())
        .withMessageContaining("empty");
    Files.delete(file);
    assertThatIllegalArgumentException()
        .isThrownBy(this::open)
        .withMessageContaining("there is no such file");
    Files.createDirectory(file);
    assertThatIllegalArgumentException()
        .isThrownBy(this::open)
        .withMessageContaining("no regular file");
  }

  @Test
  void aPasswordIsRenewedWithoutARestart() throws IOException {
    try (ValkeyProcess valkey = ValkeyProcess.start("--requirepass", "first")) {
      String uri =
          "valkey://default@127.0.0.1:" + valkey.port() + "?timeout-ms=5000&password-file=" + file;
      try (TtlStore store = TtlStore.open(uri)) {
        assertThat(store.list()).isEmpty();
        try (RedisClient admin = admin(valkey, "first")) {
          tell(admin, Command.CONFIG, "SET", "requirepass", "second");
          tell(admin, Command.CLIENT, "KILL", "TYPE", "normal");
        }
        assertThatThrownBy(store::list)
            .isInstanceOf(StoreUnavailableException.class)
            .hasMessageContaining("WRONGPASS")
            .hasMessageNotContaining("first");
        write("second\n");

        assertThat(store.list()).isEmpty();
      }
      assertThat(openWithoutUser(valkey)).isTrue();
    }
  }

  private boolean openWithoutUser(ValkeyProcess valkey) {
    String uri = "valkey://127.0.0.1:" + valkey.port() + "?password-file=" + file;
    try (TtlStore store = TtlStore.open(uri)) {
      return store.list().isEmpty();
    }
  }

  private static RedisClient admin(ValkeyProcess valkey, String password) {
    return RedisClient.builder()
        .hostAndPort(new HostAndPort(valkey.host(), valkey.port()))
        .clientConfig(DefaultJedisClientConfig.builder().password(password).build())
        .build();
  }

  private static void tell(RedisClient admin, Command command, String... args) {
    var unused = admin.executeCommand(new CommandArguments(command).addObjects((Object[]) args));
  }
}
