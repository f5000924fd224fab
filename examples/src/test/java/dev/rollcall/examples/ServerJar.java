package dev.rollcall.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The runnable jar as a process of its own, at any free port. */
final class ServerJar implements AutoCloseable {
  private static final String SERVES_AT = "Rollcall serves at ";
  private static final Pattern OPTION = Pattern.compile("--[a-z][a-z-]+");

  private final Process process;
  private final URI url;

  private ServerJar(Process process, URI url) {
    this.process = process;
    this.url = url;
  }

  /** Returns the jar, which the package phase has made. */
  static Path file() {
    Path jar = Path.of(System.getProperty("rollcall.server.jar"));
    assertThat(jar).as("made by 'mvn package' of http-jdk").exists();
    return jar;
  }

  /** Starts it on the JVM that runs the tests. */
  static ServerJar start(Map<String, String> environment, String... options) throws IOException {
    List<String> command = new ArrayList<>(List.of(Programs.java(), "-jar", file().toString()));
    command.addAll(List.of(options));
    return start(command, Path.of("."), environment);
  }

  /** Starts it by a command that names all but the port. */
  static ServerJar start(List<String> command, Path folder, Map<String, String> environment)
      throws IOException {
    List<String> withPort = new ArrayList<>(command);
    withPort.add("--port=0");
    ProcessBuilder builder =
        new ProcessBuilder(withPort).directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      return new ServerJar(process, urlSaidBy(process));
    } catch (IOException | RuntimeException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  private static URI urlSaidBy(Process process) throws IOException {
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    List<String> said = new ArrayList<>();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith(SERVES_AT)) {
        return URI.create(line.substring(SERVES_AT.length()));
      }
      said.add(line);
    }
    throw new IOException("it ended before it served: " + said);
  }

  /** Returns the names of the options that it has. */
  static Set<String> options() throws Exception {
    String help = Programs.output(List.of(Programs.java(), "-jar", file().toString(), "--help"));
    return OPTION.matcher(help).results().map(MatchResult::group).collect(Collectors.toSet());
  }

  URI url() {
    return url;
  }

  int port() {
    return url.getPort();
  }

  /** Stops it as an operator does, and returns its exit code. */
  int stop() throws InterruptedException {
    process.destroy();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
