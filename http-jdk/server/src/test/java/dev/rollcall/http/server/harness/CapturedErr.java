package dev.rollcall.http.server.harness;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;

/** What is written to standard error while this is open, the log among it. */
public final class CapturedErr implements AutoCloseable {
  private final PrintStream before = System.err;
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();

  public CapturedErr() {
    System.setErr(new PrintStream(written, true, UTF_8));
  }

  public List<String> lines() {
    return written.toString(UTF_8).lines().toList();
  }

  @Override
  public void close() {
    System.setErr(before);
  }
}
