package dev.rollcall.app.commands;

import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.app.log.LineLoggerProvider;
import dev.rollcall.app.options.Version;
import dev.rollcall.discovery.Query;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.slf4j.event.Level;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Shows the services of a registry in a terminal, or to a script. */
@Command(
    name = "services",
    description = "Lists the live services of a registry, or follows what happens to them.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    showDefaultValues = true,
    abbreviateSynopsis = true)
public final class ServicesCommand implements Callable<Integer> {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  @Spec private CommandSpec spec;

  @Mixin private RegistryOptions asking = new RegistryOptions();

  @Option(
      showDefaultValue = Help.Visibility.NEVER,
      names = "--name",
      paramLabel = "NAME",
      description = "Only services of this name; repeated, of any of the names.")
  private List<String> names = List.of();

  @Option(
      showDefaultValue = Help.Visibility.NEVER,
      names = "--where",
      paramLabel = "PATH=VALUE",
      description =
          "Only services whose info has this value, as in info.zone=eu-1; repeated, all of the"
              + " values.")
  private List<String> conditions = List.of();

  @Option(
      names = "--watch",
      description =
          "Go on with a line for each change, and where the registry does not answer, until"
              + " interrupted.")
  private boolean isWatching;

  @Option(names = "--json", description = "A JSON object a line.")
  private boolean isJson;

  /** Shows them. With {@code --watch} it ends only when nobody reads what it says any more. */
  @Override
  public Integer call() throws InterruptedException {
    // What the client would log of an outage, the output itself says.
    System.setProperty(LineLoggerProvider.LEVEL_PROPERTY, Level.ERROR.name());
    PrintWriter out = spec.commandLine().getOut();
    ServicesOutput output = isJson ? new JsonOutput(out) : new TextOutput(out);
    try (ServiceRegistry registry = registry()) {
      Query query = query();
      List<Service> services = registry.list(query);
      if (isWatching) {
        var followed = new FollowedServices(output, out);
        var unused = registry.watch(query, followed); // ends with the registry
        followed.awaitUnread();
      } else {
        output.list(services, Instant.now());
      }
      return 0;
    }
  }

  private ServiceRegistry registry() {
    try {
      return asking.open(TIMEOUT);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private Query query() {
    String option = "--name";
    try {
      Query query = Query.all();
      for (String name : names) {
        query = query.or(name);
      }
      option = "--where";
      for (String condition : conditions) {
        query = with(query, condition);
      }
      return query;
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), option + ": " + e.getMessage(), e);
    }
  }

  private static Query with(Query query, String condition) {
    int equals = condition.indexOf('=');
    if (equals < 0) {
      throw new IllegalArgumentException(
          "needs a value, as in info.zone=eu-1; it is '" + condition + "'");
    }
    return query.where(condition.substring(0, equals), condition.substring(equals + 1));
  }
}
