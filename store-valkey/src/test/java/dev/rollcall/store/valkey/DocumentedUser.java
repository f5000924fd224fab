package dev.rollcall.store.valkey;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.RedisClient;

/** The user of a server who may do just what the documentation says that the store needs. */
final class DocumentedUser {
  /** As it stands in a URI. */
  static final String CREDENTIALS = "rollcall:password@";

  private static final String COMMAND = "ACL ";

  private DocumentedUser() {}

  /** Creates the user on a server. */
  static void createOn(RedisClient server) {
    CommandArguments acl = new CommandArguments(Command.ACL);
    for (String word : line().substring(COMMAND.length()).split(" ", -1)) {
      acl.add(word);
    }
    var unused = server.executeCommand(acl);
  }

  private static String line() {
    try {
      return Files.readAllLines(Path.of("..", "docs", "valkey.md")).stream()
          .filter(text -> text.startsWith(COMMAND + "SETUSER"))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
