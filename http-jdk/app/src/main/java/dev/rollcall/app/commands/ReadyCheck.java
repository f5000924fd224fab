package dev.rollcall.app.commands;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** Asks a service whether it is ready: it is if a GET of a URL gets a status of 2xx. */
final class ReadyCheck {
  private static final int TIMEOUT_MILLIS = 2_000;
  private static final int MAX_PORT = 65_535;

  /** How long after an answer it is asked again. */
  static final Duration PAUSE = Duration.ofMillis(250);

  private final URI url;

  /**
   * Creates a check.
   *
   * @throws IllegalArgumentException if it is not an http or https URL
   */
  ReadyCheck(URI url) {
    boolean isHttp = "http".equalsIgnoreCase(url.getScheme());
    if (url.getHost() == null
        || url.getPort() > MAX_PORT
        || !(isHttp || "https".equalsIgnoreCase(url.getScheme()))) {
      throw new IllegalArgumentException(
          "--ready is an http or https URL, as in http://127.0.0.1:8000/health; not '" + url + "'");
    }
    this.url = url;
  }

  /**
   * Asks, and returns why the service is not ready; empty if it is. Blocks for some seconds.
   *
   * <p>A lack of memory or of threads, and what a proxy selector of the JVM throws, is such a
   * reason too: it may be over when this is asked again.
   */
  Optional<String> problem() {
    try {
      HttpURLConnection connection = (HttpURLConnection) url.toURL().openConnection();
      try {
        connection.setConnectTimeout(TIMEOUT_MILLIS);
        connection.setReadTimeout(TIMEOUT_MILLIS);
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        int status = connection.getResponseCode();
        return status / 100 == 2
            ? Optional.empty()
            : Optional.of("it answers with status " + status);
      } finally {
        connection.disconnect();
      }
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      return Optional.of(e.toString());
    }
  }

  @Override
  public String toString() {
    return url.toString();
  }
}
