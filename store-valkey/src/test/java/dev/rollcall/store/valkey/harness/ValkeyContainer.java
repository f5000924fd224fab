package dev.rollcall.store.valkey.harness;

import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/** A Valkey in a container, where a Docker engine answers. */
final class ValkeyContainer implements ValkeyServer {
  private static final int PORT = 6379;

  private final GenericContainer<?> container;

  ValkeyContainer(String... options) {
    String[] command = new String[options.length + 1];
    command[0] = "valkey-server";
    System.arraycopy(options, 0, command, 1, options.length);
    container =
        new GenericContainer<>(DockerImageName.parse("valkey/valkey:8"))
            .withExposedPorts(PORT)
            .withCommand(command);
    container.start();
  }

  static boolean isPossible() {
    return DockerClientFactory.instance().isDockerAvailable();
  }

  @Override
  public String host() {
    return container.getHost();
  }

  @Override
  public int port() {
    return container.getMappedPort(PORT);
  }

  @Override
  public void close() {
    container.stop();
  }
}
