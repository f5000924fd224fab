package dev.rollcall.app.commands;

import dev.rollcall.app.options.LogOptions;
import dev.rollcall.app.options.OptionException;
import dev.rollcall.app.options.Settings;
import dev.rollcall.app.options.TimeConverter;
import dev.rollcall.app.options.Version;
import dev.rollcall.http.client.HttpServiceRegistry;
import dev.rollcall.registrar.Registrar;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs any command as a registered service. */
@Command(
    name = "keep",
    description =
        "Runs a command, and keeps it registered for as long as it runs. A signal deregisters it,"
            + " and is then passed on; the exit status is the command's.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    showDefaultValues = true,
    customSynopsis = "rollcall-server keep [OPTIONS] -- COMMAND [ARGUMENT...]")
public final class KeepCommand implements Callable<Integer> {
  /** As shells have it for a command that is not there. */
  private static final int CANNOT_START = 127;

  private static final Duration INTERVAL = Duration.ofSeconds(10);
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** Of a lease; with a lease of 30 s these are the usual interval and the timeout above. */
  private static final int INTERVALS = 3;

  private static final int TIMEOUTS = 6;

  /** As a server has them for the waits of its start and of its stop. */
  private static final int MAX_READY_HOURS = 24;

  private static final int MAX_DRAIN_HOURS = 1;

  @Spec private CommandSpec spec;

  @Mixin private RegistryOptions registering = new RegistryOptions();

  @Option(
      showDefaultValue = Help.Visibility.NEVER,
      names = "--name",
      paramLabel = "NAME",
      description = "The name of the service, which its replicas share; else its id.")
  private Optional<String> name = Optional.empty();

  @Option(
      showDefaultValue = Help.Visibility.NEVER,
      names = "--id",
      paramLabel = "ID",
      description = "The id of this instance, which no other has; else one that is new each time.")
  private Optional<String> id = Optional.empty();

  @Option(
      showDefaultValue = Help.Visibility.NEVER,
      names = "--url",
      paramLabel = "URL",
      description =
          "Where others reach the service; else http://HOST:PORT of the environment's"
              + " SERVICEKIT_HOST and SERVICEKIT_PORT, or of this host and 8000.")
  private Optional<String> url = Optional.empty();

  @Mixin private InfoOptions describing = new InfoOptions();

  @Option(
      showDefaultValue = Help.Visibility.NEVER,
      names = "--ttl",
      paramLabel = "TIME",
      description = "The lease to ask for; else the registry's own, commonly 30s.",
      converter = TimeConverter.class)
  private Optional<Duration> ttl = Optional.empty();

  @Option(
      showDefaultValue = Help.Visibility.NEVER,
      names = "--ready",
      paramLabel = "URL",
      description =
          "Register only once a GET of this is answered with 2xx; else as soon as the command"
              + " runs.")
  private Optional<URI> ready = Optional.empty();

  @Option(
      names = "--ready-timeout",
      paramLabel = "TIME",
      description =
          "How long that may take, at most 24h; then the command is stopped, and the exit status"
              + " is 1.",
      defaultValue = "5m",
      converter = TimeConverter.class)
  private Duration readyTimeout;

  @Option(
      names = "--drain-delay",
      paramLabel = "TIME",
      description =
          "How long after a signal the command serves on, deregistered, before it is told to"
              + " stop; at most 1h.",
      defaultValue = "0s",
      converter = TimeConverter.class)
  private Duration drainDelay;

  @Option(
      names = "--drain-time",
      paramLabel = "TIME",
      description = "How long it may take to stop then, at most 1h, before it is killed.",
      defaultValue = "10s",
      converter = TimeConverter.class)
  private Duration drainTime;

  @Mixin private LogOptions logging = new LogOptions();

  @Parameters(
      showDefaultValue = Help.Visibility.NEVER,
      paramLabel = "COMMAND",
      arity = "1..*",
      description = "The command and its arguments. The -- before it ends the options of keep.")
  private List<String> command = List.of();

  @Override
  public Integer call() {
    logging.apply();
    try (HttpServiceRegistry registry = registry()) {
      KeptCommand kept = kept(registry);
      Thread hook = new Thread(() -> end(kept), "rollcall-stop");
      Runtime.getRuntime().addShutdownHook(hook);
      int status = run(kept);
      remove(hook);
      return status;
    }
  }

  private HttpServiceRegistry registry() {
    try {
      return registering.open(timeout());
    } catch (IllegalArgumentException e) {
      throw usage(e);
    }
  }

  private KeptCommand kept(HttpServiceRegistry registry) {
    try {
      checkTimes();
      Optional<ReadyCheck> check = ready.map(ReadyCheck::new);
      Registrar registrar = registrar(registry);
      ProcessBuilder process = new ProcessBuilder(command).inheritIO();
      process.environment().put(Settings.SERVICE_ID_VARIABLE, registrar.id());
      return new KeptCommand(process, registrar, check, readyTimeout, drainDelay, drainTime);
    } catch (IllegalArgumentException e) {
      throw usage(e);
    }
  }

  private void checkTimes() {
    checkAtMost(MAX_READY_HOURS, "--ready-timeout", readyTimeout);
    checkAtMost(MAX_DRAIN_HOURS, "--drain-delay", drainDelay);
    checkAtMost(MAX_DRAIN_HOURS, "--drain-time", drainTime);
  }

  private static void checkAtMost(int hours, String option, Duration time) {
    OptionException.in(option, () -> TimeConverter.atMost(hours, time));
  }

  private Registrar registrar(HttpServiceRegistry registry) {
    Registrar.Builder registrar =
        Registrar.builder()
            .registry(registry)
            .info(describing.info())
            .shutdownHook(false); // or it might not be closed before the command is told to stop
    name.ifPresent(value -> OptionException.in("--name", () -> registrar.name(value)));
    id.ifPresent(value -> OptionException.in("--id", () -> registrar.id(value)));
    url.ifPresent(value -> OptionException.in("--url", () -> registrar.url(value)));
    ttl.ifPresent(value -> OptionException.in("--ttl", () -> registrar.ttl(value)));
    return registrar.keepaliveInterval(interval()).timeout(timeout()).build();
  }

  private Duration interval() {
    return ttl.map(lease -> shorter(INTERVAL, lease.dividedBy(INTERVALS))).orElse(INTERVAL);
  }

  /**
   * Returns how long a call may take, and the deregistration before the command is told to stop:
   * whoever sent the signal may have little patience.
   */
  private Duration timeout() {
    return ttl.map(lease -> shorter(TIMEOUT, lease.dividedBy(TIMEOUTS)))
        .filter(time -> time.toMillis() > 0) // else the ttl is wrong, and will be refused
        .orElse(TIMEOUT);
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) <= 0 ? one : other;
  }

  private ParameterException usage(IllegalArgumentException cause) {
    return new ParameterException(spec.commandLine(), cause.getMessage(), cause);
  }

  private int run(KeptCommand kept) {
    try {
      return kept.run();
    } catch (IOException e) {
      spec.commandLine().getErr().println(spec.qualifiedName() + ": " + e.getMessage());
      return CANNOT_START;
    }
  }

  /** Ends the command after a signal, and the JVM with the command's status. */
  private static void end(KeptCommand kept) {
    OptionalInt status = OptionalInt.empty();
    try {
      status = kept.stop();
    } finally {
      if (status.isPresent()) {
        Runtime.getRuntime().halt(status.getAsInt());
      }
    }
  }

  private static void remove(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // A signal came just before the command ended: the hook itself ends the JVM.
    }
  }
}
