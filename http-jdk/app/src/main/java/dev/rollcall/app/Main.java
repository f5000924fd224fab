package dev.rollcall.app;

import dev.rollcall.RegistryException;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.app.commands.KeepCommand;
import dev.rollcall.app.commands.ServicesCommand;
import dev.rollcall.app.log.LineLoggerProvider;
import dev.rollcall.app.options.LimitOptions;
import dev.rollcall.app.options.ListenOptions;
import dev.rollcall.app.options.LogOptions;
import dev.rollcall.app.options.NearestName;
import dev.rollcall.app.options.ObserveOptions;
import dev.rollcall.app.options.OptionException;
import dev.rollcall.app.options.Origin;
import dev.rollcall.app.options.SecurityOptions;
import dev.rollcall.app.options.Settings;
import dev.rollcall.app.options.StopOptions;
import dev.rollcall.app.options.StoreOptions;
import dev.rollcall.app.options.Version;
import dev.rollcall.http.server.RegistryEndpoints;
import dev.rollcall.http.server.jdk.JdkServerLimits;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import dev.rollcall.http.wire.UntrustedText;
import dev.rollcall.spi.TtlStore;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The server as a program, with the commands that are clients of one. */
@Command(
    name = "rollcall-server",
    description =
        "A service registry: services register, ping to stay, and are gone when they stop.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    abbreviateSynopsis = true,
    showDefaultValues = true)
public final class Main implements Callable<Integer> {
  private static final int FAILED = 1;

  @Spec private CommandSpec spec;

  @Mixin private ListenOptions listening = new ListenOptions();
  @Mixin private StoreOptions storing = new StoreOptions();
  @Mixin private SecurityOptions security = new SecurityOptions();
  @Mixin private LimitOptions limits = new LimitOptions();
  @Mixin private StopOptions stopping = new StopOptions();
  @Mixin private LogOptions logging = new LogOptions();
  @Mixin private ObserveOptions observing = new ObserveOptions();

  private Settings settings = Settings.none();

  private Main() {}

  /**
   * Starts the server; it runs until the process is told to stop.
   *
   * @param args the options
   */
  public static void main(String[] args) {
    setDefaults();
    CommandLine program = commandLine(args).setExecutionStrategy(Main::execute);
    int exitCode = run(program, System.getenv(), args);
    if (exitCode != 0) {
      System.exit(exitCode);
    }
  }

  /**
   * Runs the command that the arguments name, or the server; its options may also be set by the
   * environment, or by a file.
   */
  static int run(CommandLine program, Map<String, String> environment, String... args) {
    Main server = program.getCommand();
    try {
      server.settings = settings(program, environment, args);
    } catch (ParameterException e) {
      return refuse(e);
    }
    return program.setDefaultValueProvider(server.settings).execute(args);
  }

  /**
   * Reads the settings; none for help and for the commands, which are no servers, or one that no
   * setting concerns. What is wrong with the arguments is said when they are executed.
   */
  private static Settings settings(
      CommandLine program, Map<String, String> environment, String... args) {
    program.getCommandSpec().parser().collectErrors(true);
    try {
      ParseResult given = program.parseArgs(args);
      boolean isServer =
          !given.hasSubcommand()
              && !given.isUsageHelpRequested()
              && !given.isVersionHelpRequested();
      return isServer ? Settings.read(given, environment) : Settings.none();
    } finally {
      program.getCommandSpec().parser().collectErrors(false);
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
      Runtime.getRuntime()
          .halt(StopHook.BROKE_DOWN); // No hooks: they might wait for what has died.
    }
  }

  /** Makes the command for some arguments; what executes it with them gets the exit code. */
  static CommandLine commandLine(String... args) {
    CommandLine program = new CommandLine(new Main());
    program.getCommandSpec().addOption(Settings.CONFIG);
    if (mayNameCommand(args)) {
      program
          .addSubcommand(new CommandLine(new KeepCommand()).setStopAtPositional(true))
          .addSubcommand(new ServicesCommand())
          .addSubcommand(new WarmUpCommand());
    }
    return program
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExpandAtFiles(false) // an argument of the command to keep may begin with an @
        .setParameterExceptionHandler((e, arguments) -> refuse(e))
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

  /** Says on one line what is wrong with which option, and what to try. */
  private static int refuse(ParameterException e) {
    CommandLine command = e.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    Main server = command.getCommandSpec().root().commandLine().getCommand();
    String where = "";
    if (e.getArgSpec() instanceof OptionSpec option) {
      Origin origin = server.settings.originOf(option.longestName());
      where = origin.label().equals(option.longestName()) ? "" : origin.label() + ": ";
    }
    Optional<String> meant =
        e instanceof UnmatchedArgumentException unmatched
            ? nearest(command, unmatched.getUnmatched().get(0))
            : Optional.empty();
    String hint =
        meant
            .map(known -> "; did you mean " + known + "?")
            .orElse("; " + name + " --help shows what there is");
    println(command, where + e.getMessage() + hint);
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }

  /** Returns the option or the command that an unknown argument may be meant for. */
  private static Optional<String> nearest(CommandLine command, String argument) {
    CommandSpec known = command.getCommandSpec();
    List<String> names = new ArrayList<>(known.optionsMap().keySet());
    names.addAll(known.subcommands().keySet());
    int equals = argument.indexOf('=');
    return NearestName.of(equals < 0 ? argument : argument.substring(0, equals), names);
  }

  private static int report(Exception e, CommandLine command) {
    boolean isExpected =
        e instanceof RegistryException
            || e instanceof UncheckedIOException
            || e instanceof IllegalArgumentException;
    if (e instanceof OptionException refused) {
      Main server = command.getCommandSpec().root().commandLine().getCommand();
      String origin = server.settings.originOf(refused.option()).label();
      println(command, origin + ": " + refused.reason());
    } else if (isExpected) {
      println(command, e.getMessage() + whatToTry(e));
    } else {
      e.printStackTrace(command.getErr());
    }
    return FAILED;
  }

  /** Returns what may help; empty if the message says it. */
  private static String whatToTry(Exception e) {
    if (e instanceof StoreUnavailableException) {
      return "; is --store right, and does it run? --wait-for-store=30s waits for one that is late";
    }
    return e.getCause() instanceof BindException
        ? "; stop what listens there, or choose another --port, --observe-port or --host"
        : "";
  }

  private static void println(CommandLine command, String what) {
    String line = command.getCommandSpec().qualifiedName() + ": " + what;
    command.getErr().println(UntrustedText.escaped(line)); // a value may hold anything
  }

  /** Starts the server and leaves it running. */
  @Override
  public Integer call() {
    new StopHook().start(this::start).ifPresent(this::leaveRunning);
    return 0;
  }

  private void leaveRunning(Running running) {
    spec.commandLine().getOut().println("Rollcall serves at " + running.server().url());
    spec.commandLine().getOut().flush();
    running.measureProcess();
    keepAlive();
  }

  /** All threads of the server may be daemons, as those of Jetty's are, with which the JVM ends. */
  private static void keepAlive() {
    Thread keeper =
        new Thread(
            () -> {
              while (true) {
                LockSupport.park();
              }
            },
            "rollcall-server");
    keeper.setDaemon(false);
    keeper.start();
  }

  /** A server that answers, and what it is made of. */
  record Running(RegistryHttpServer server, TtlStore store, ObserveOptions observing)
      implements AutoCloseable {
    InetSocketAddress address() {
      return server.address();
    }

    /** Measures the process as well: not before there is an answer, for that takes a while. */
    void measureProcess() {
      observing.measureProcess();
    }

    @Override
    public void close() {
      server.close();
      store.close();
      observing.close();
    }
  }

  /** Starts the server that the options tell of. */
  Running start() {
    logging.apply();
    settings.warnOfUnknownVariables();
    JdkServerLimits.setDefaults();
    TtlStore store = observing.measured(storing.open(settings));
    try {
      RegistryHttpServer server = serve(observing.measured(storing.registryOver(store)).build());
      return new Running(server, store, observing);
    } catch (RuntimeException e) {
      store.close();
      throw e;
    }
  }

  private RegistryHttpServer serve(ServiceRegistry registry) {
    RegistryEndpoints.Builder endpoints = RegistryEndpoints.builder(registry);
    listening.applyTo(endpoints);
    security.applyTo(endpoints, settings);
    limits.applyTo(endpoints);
    observing.applyTo(endpoints);
    endpoints.storeKind(storing.kind(settings));
    RegistryHttpServer.Builder server = RegistryHttpServer.builder(endpoints.build());
    server.startedField("version", Version.number());
    storing.applyTo(server, settings);
    listening.applyTo(server);
    security.applyTo(server);
    stopping.applyTo(server);
    observing.applyTo(server);
    return server.start();
  }
}
