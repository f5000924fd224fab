package dev.rollcall.store.valkey;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.DefaultRedisCredentials;
import redis.clients.jedis.RedisCredentials;

/**
 * A password in a file, which is read again for each new connection.
 *
 * <p>A file that is missing, empty, or was written to within the last second, and so may be written
 * in half, leaves the former password in use. It is shown in no message.
 *
 * <p>Safe for use by any number of threads.
 */
final class PasswordFile implements Supplier<RedisCredentials> {
  private static final Logger LOG = LoggerFactory.getLogger("dev.rollcall.store.valkey");

  private static final Duration SETTLED = Duration.ofSeconds(1);

  /** Nobody has a longer one, and whoever names a wrong file should not fill the memory. */
  private static final int MAX_BYTES = 4096;

  private final @Nullable String user;
  private final Path file;
  private final ReentrantLock lock = new ReentrantLock();
  private String password;
  private boolean warned;

  /**
   * Reads the file.
   *
   * @throws IllegalArgumentException if it holds no password, saying why
   */
  PasswordFile(@Nullable String user, String file) {
    this.user = user;
    try {
      this.file = Path.of(file);
      this.password = read();
    } catch (IOException | InvalidPathException e) {
      throw new IllegalArgumentException(
          "the password file '" + file + "' could not be read: " + reason(e), e);
    }
  }

  @Override
  public RedisCredentials get() {
    // Not while another reads, or it might bring back what was in use before.
    lock.lock();
    try {
      readAgain();
      return new DefaultRedisCredentials(user, password);
    } finally {
      lock.unlock();
    }
  }

  private void readAgain() {
    try {
      String now = read();
      if (!now.equals(password) && isSettled()) {
        password = now;
        LOG.info("The password file '{}' holds another password, which is in use now", file);
      }
      warned = false;
    } catch (IOException e) {
      if (!warned) {
        warned = true;
        LOG.warn(
            "The password file '{}' could not be read, so the former password stays in use: {}",
            file,
            reason(e));
      }
    }
  }

  private boolean isSettled() throws IOException {
    Instant written = Files.getLastModifiedTime(file).toInstant();
    Instant now = Instant.now();
    // A time to come is another clock's, and says nothing.
    return written.isAfter(now) || written.plus(SETTLED).isBefore(now);
  }

  private String read() throws IOException {
    // Whatever else there is, such as a pipe, may hold up whoever reads it, and can be read once.
    if (!Files.isRegularFile(file)) {
      throw new IOException(Files.exists(file) ? "it is no regular file" : "there is no such file");
    }
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    }
    if (bytes.length > MAX_BYTES) {
      throw new IOException("it is longer than " + MAX_BYTES + " bytes");
    }
    String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    String line = text.replaceFirst("[\\r\\n]+\\z", "");
    if (line.isBlank()) {
      throw new IOException("it is empty");
    }
    return line;
  }

  /** Says why, without what the file holds. */
  private static String reason(Exception e) {
    return e.getClass() == IOException.class
        ? String.valueOf(e.getMessage())
        : e.getClass().getSimpleName();
  }
}
