package dev.rollcall.app;

import dev.rollcall.RegistryException;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.app.log.LineLoggerProvider;
import dev.rollcall.http.server.RegistryEndpoints;
import dev.rollcall.http.server.jdk.JdkServerLimits;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import dev.rollcall.spi.TtlStore;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** The server as a program, with the commands that are clients of one. */
@Command(
    name = "rollcall-server",
    description =
        "A service registry: services register, ping to stay, and are gone when they stop.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    abbreviateSynopsis = true,
    showDefaultValues = true)
public final class Main implements Callable<Integer> {
  private static final int FAILED = 1;

  /** As the JVM's own with {@code -XX:+ExitOnOutOfMemoryError}. */
  private static final int BROKE_DOWN = 3;

  /** The JDK's names of the threads that handle the signals which end a JVM. */
  private static final Set<String> SIGNAL_HANDLERS =
      Set.of("SIGTERM handler", "SIGINT handler", "SIGHUP handler");

  @Spec private CommandSpec spec;

  @Mixin private ListenOptions listening = new ListenOptions();
  @Mixin private StoreOptions storing = new StoreOptions();
  @Mixin private SecurityOptions security = new SecurityOptions();
  @Mixin private LimitOptions limits = new LimitOptions();
  @Mixin private StopOptions stopping = new StopOptions();
  @Mixin private LogOptions logging = new LogOptions();
  @Mixin private ObserveOptions observing = new ObserveOptions();

  private Main() {}

  /**
   * Starts the server; it runs until the process is told to stop.
   *
   * @param args the options
   */
  public static void main(String[] args) {
    setDefaults();
    int exitCode = commandLine(args).setExecutionStrategy(Main::execute).execute(args);
    if (exitCode != 0) {
      System.exit(exitCode);
    }
  }

  /** A server without one of its threads is to end; what a command keeps running is not. */
  private static int execute(ParseResult parsed) {
    if (!parsed.hasSubcommand()) {
      Thread.setDefaultUncaughtExceptionHandler(Main::endAtOnce);
    }
    return new CommandLine.RunLast().execute(parsed);
  }

  /**
   * Ends the process where a thread has died that nothing can bring back: an {@code Error} ends the
   * JDK's dispatcher, its timers or a sweep for good. Whoever runs the server starts it again; it
   * would go on deaf, and end with 0.
   */
  private static void endAtOnce(Thread thread, Throwable cause) {
    if (!(cause instanceof Error)) {
      cause.printStackTrace();
      return;
    }
    try {
      System.err.println(
          "rollcall-server: ends, since its thread " + thread.getName() + " died of " + cause);
    } finally {
      Runtime.getRuntime().halt(BROKE_DOWN); // No hooks: they might wait for what has died.
    }
  }

  /** Makes the command for some arguments; what executes it with them gets the exit code. */
  static CommandLine commandLine(String... args) {
    CommandLine program = new CommandLine(new Main());
    if (mayNameCommand(args)) {
      program
          .addSubcommand(new CommandLine(new KeepCommand()).setStopAtPositional(true))
          .addSubcommand(new ServicesCommand());
    }
    return program
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExpandAtFiles(false) // an argument of the command to keep may begin with an @
        .setExecutionExceptionHandler((e, command, parsed) -> report(e, command));
  }

  /** A server need not load what the commands are made of, the client included. */
  private static boolean mayNameCommand(String... args) {
    return args.length > 0
        && (!args[0].startsWith("-") || List.of(args).contains("--help") || args[0].equals("-h"));
  }

  /** Sets what a user of the jar would, unless the user has. */
  static void setDefaults() {
    setIfUnset(LineLoggerProvider.SELECTION_PROPERTY, LineLoggerProvider.class.getName());
    setIfUnset("slf4j.internal.verbosity", "WARN"); // it would tell which back end it takes
  }

  private static void setIfUnset(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  private static int report(Exception e, CommandLine command) {
    boolean isExpected =
        e instanceof RegistryException
            || e instanceof UncheckedIOException
            || e instanceof IllegalArgumentException;
    if (isExpected) {
      command.getErr().println(command.getCommandSpec().qualifiedName() + ": " + e.getMessage());
    } else {
      e.printStackTrace(command.getErr());
    }
    return FAILED;
  }

  /** Starts the server and leaves it running. */
  @Override
  public Integer call() {
    logging.apply();
    JdkServerLimits.setDefaults();
    TtlStore store = observing.measured(storing.open());
    RegistryHttpServer server;
    try {
      server = serve(observing.measured(storing.registryOver(store)).build());
    } catch (RuntimeException e) {
      store.close();
      throw e;
    }
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, store), "rollcall-stop"));
    spec.commandLine().getOut().println("Rollcall serves at " + server.url());
    spec.commandLine().getOut().flush();
    return 0;
  }

  private RegistryHttpServer serve(ServiceRegistry registry) {
    RegistryEndpoints.Builder endpoints = RegistryEndpoints.builder(registry);
    listening.applyTo(endpoints);
    security.applyTo(endpoints);
    limits.applyTo(endpoints);
    observing.applyTo(endpoints);
    endpoints.storeKind(storing.kind());
    RegistryHttpServer.Builder server = RegistryHttpServer.builder(endpoints.build());
    listening.applyTo(server);
    security.applyTo(server);
    stopping.applyTo(server);
    return server.start();
  }

  private static void stop(RegistryHttpServer server, TtlStore store) {
    boolean isAskedTo = hasSignal();
    server.close();
    store.close();
    if (!isAskedTo) {
      System.err.println("rollcall-server: ends, although no signal told it to");
    }
    // Whoever stopped the server by a signal is told that it ended well, not 143. Whatever else
    // ended it, System.exit(0) included, whoever runs it is to start it again.
    Runtime.getRuntime().halt(isAskedTo ? 0 : BROKE_DOWN);
  }

  /**
   * Returns whether a signal is ending the JVM: then the thread that the JDK handles it on waits
   * for the hooks. A hook learns of it in no other way.
   */
  private static boolean hasSignal() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .anyMatch(SIGNAL_HANDLERS::contains);
  }

  /** Reads the version from the jar. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"rollcall-server " + (version == null ? "(unpacked)" : version)};
    }
  }
}
