package dev.rollcall.app.options;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * The values of the server's options that are not on its command line: those of the environment's
 * {@code ROLLCALL_…} variables, and otherwise those of a file.
 *
 * <p>An option that is on the command line has no value here. So a wrong variable that an option
 * overrides does no harm, and a flag is not negated because a variable has set it, too.
 */
public final class Settings implements IDefaultValueProvider {
  /** Names the file. */
  public static final OptionSpec CONFIG =
      OptionSpec.builder("--config")
          .paramLabel("FILE")
          .type(Path.class)
          .showDefaultValue(Help.Visibility.NEVER)
          .description(
              "File of name=value lines, with the names of these options without their dashes. An"
                  + " option comes before its variable, ROLLCALL_MAX_BODY_BYTES for --max-body-bytes, and that"
                  + " before the file.")
          .build();

  /** Tells the command of {@code keep} the id of its service. */
  public static final String SERVICE_ID_VARIABLE = "ROLLCALL_SERVICE_ID";

  private static final String PREFIX = "ROLLCALL_";

  /** Variables that are not options. */
  private static final Set<String> OTHERS = Set.of(StoreUri.PASSWORD_VARIABLE, SERVICE_ID_VARIABLE);

  /**
   * What Kubernetes tells each pod of a Service whose name begins with {@code rollcall}: the port
   * of one that is called just so would be {@code --port}.
   */
  private static final Pattern SERVICE_LINK_NAME =
      Pattern.compile(".*_(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT_\\d+_(TCP|UDP|SCTP)(_[A-Z]+)?)");

  private static final Pattern SERVICE_LINK_VALUE = Pattern.compile("(tcp|udp|sctp)://.*");

  private final Map<String, String> environment;
  private final Set<String> onCommandLine;
  private final Map<String, Setting> values;
  private final Map<String, String> unknownVariables;

  private Settings(
      Map<String, String> environment,
      Set<String> onCommandLine,
      Map<String, Setting> values,
      Map<String, String> unknownVariables) {
    this.environment = environment;
    this.onCommandLine = onCommandLine;
    this.values = values;
    this.unknownVariables = unknownVariables;
  }

  /**
   * Returns none, and an environment without variables: each option has the value of the command
   * line, or its default.
   */
  public static Settings none() {
    return new Settings(Map.of(), Set.of(), Map.of(), Map.of());
  }

  /**
   * Reads the environment, and the file that the command line or the environment names.
   *
   * @param given the command line, which may hold errors
   * @throws ParameterException if the file cannot be read, has a name that is no option's, or has
   *     one twice
   */
  public static Settings read(ParseResult given, Map<String, String> environment) {
    CommandLine program = given.commandSpec().commandLine();
    Map<String, OptionSpec> options = optionsOf(program);
    Map<String, Setting> values = new HashMap<>();
    Map<String, String> unknown = new TreeMap<>();
    environment.forEach(
        (variable, value) -> {
          OptionSpec option = options.get(optionOf(variable));
          if (!variable.startsWith(PREFIX) || value.isEmpty() || isServiceLink(variable, value)) {
            return;
          }
          // Not in another case as well: of two variables for one option, neither is the first.
          if (option != null && variable.equals(variableOf(option.longestName()))) {
            values.put(option.longestName(), inVariable(program, variable, value));
          } else if (!OTHERS.contains(variable)) {
            unknown.put(variable, nearest(options, optionOf(variable)));
          }
        });
    Optional<Path> file = file(given, values);
    if (file.isPresent()) {
      readFile(program, options, file.get()).forEach(values::putIfAbsent);
    }
    Set<String> matched =
        given.matchedOptions().stream().map(OptionSpec::longestName).collect(Collectors.toSet());
    return new Settings(Map.copyOf(environment), matched, values, unknown);
  }

  private static Map<String, OptionSpec> optionsOf(CommandLine program) {
    return program.getCommandSpec().options().stream()
        .filter(option -> !option.usageHelp() && !option.versionHelp())
        .collect(Collectors.toMap(OptionSpec::longestName, option -> option));
  }

  private static String optionOf(String variable) {
    return variable.startsWith(PREFIX)
        ? "--" + variable.substring(PREFIX.length()).toLowerCase(Locale.ROOT).replace('_', '-')
        : "";
  }

  /**
   * Returns the name of an option's variable: that of {@code --max-body-bytes},
   * ROLLCALL_MAX_BODY_BYTES.
   */
  public static String variableOf(String option) {
    return PREFIX + option.substring(2).toUpperCase(Locale.ROOT).replace('-', '_');
  }

  private static boolean isServiceLink(String variable, String value) {
    return SERVICE_LINK_NAME.matcher(variable).matches()
        || (variable.endsWith("_PORT") && SERVICE_LINK_VALUE.matcher(value).matches());
  }

  private static Setting inVariable(CommandLine program, String variable, String value) {
    if (value.isBlank()) {
      throw new ParameterException(
          program, variable + ": holds nothing but blanks; set a value, or do not set it");
    }
    return new Setting(value.strip(), new Origin(Origin.Rank.VARIABLE, variable));
  }

  private static Optional<Path> file(ParseResult given, Map<String, Setting> values) {
    OptionSpec option = given.matchedOption(CONFIG.longestName());
    if (option != null && !option.stringValues().isEmpty()) {
      return Optional.of(Path.of(option.stringValues().get(0)));
    }
    return Optional.ofNullable(values.get(CONFIG.longestName())).map(set -> Path.of(set.value()));
  }

  private static Map<String, Setting> readFile(
      CommandLine program, Map<String, OptionSpec> options, Path file) {
    Map<String, Setting> values = new HashMap<>();
    for (ConfigFile.Line line : lines(program, file)) {
      String label = line.origin().label();
      String name = "--" + line.name();
      OptionSpec option = options.get(name);
      if (option == null) {
        throw new ParameterException(program, label + ": " + unknownName(options, line.name()));
      }
      if (name.equals(CONFIG.longestName())) {
        throw new ParameterException(
            program, label + ": a file cannot name another; put all in one");
      }
      Setting before = values.get(name);
      if (before != null && !option.isMultiValue()) {
        throw new ParameterException(
            program,
            label + ": " + line.name() + " is set on " + before.origin().label() + " as well");
      }
      String value = before == null ? line.value() : before.value() + "," + line.value();
      values.put(name, new Setting(value, line.origin()));
    }
    return values;
  }

  private static List<ConfigFile.Line> lines(CommandLine program, Path file) {
    try {
      return OptionException.in(CONFIG.longestName(), () -> ConfigFile.read(file));
    } catch (OptionException e) {
      throw new ParameterException(program, e.reason(), e);
    }
  }

  /**
   * Says that no option has a name. The name is shown if it is like that of an option: otherwise it
   * may be a part of a key, in a file that is not the configuration.
   */
  private static String unknownName(Map<String, OptionSpec> options, String name) {
    return NearestName.of("--" + name.toLowerCase(Locale.ROOT), options.keySet())
        .map(
            option ->
                "there is no option '" + name + "'; did you mean " + option.substring(2) + "?")
        .orElse("no option has the name before the =; --help names them all");
  }

  /** Returns what to say of a variable that is no option's: which of them is like it. */
  private static String nearest(Map<String, OptionSpec> options, String name) {
    return NearestName.of(name, options.keySet())
        .map(option -> "did you mean " + variableOf(option) + "?")
        .orElse("--help names them all");
  }

  /** Logs which variables begin like those of options, and are of none. */
  public void warnOfUnknownVariables() {
    // Not a constant: the options say how to log, and the first logger is made by that.
    Logger log = LoggerFactory.getLogger("dev.rollcall.app");
    unknownVariables.forEach(
        (variable, detail) ->
            log.atWarn()
                .addKeyValue("variable", variable)
                .addKeyValue("detail", detail)
                .log("variable.unknown"));
  }

  /** Returns the environment, for the variables that are no options. */
  Map<String, String> environment() {
    return environment;
  }

  /** Returns where an option has its value from. */
  public Origin originOf(String option) {
    if (onCommandLine.contains(option)) {
      return new Origin(Origin.Rank.OPTION, option);
    }
    Setting set = values.get(option);
    return set == null ? new Origin(Origin.Rank.DEFAULT, option) : set.origin();
  }

  @Override
  public @Nullable String defaultValue(ArgSpec argument) {
    if (!(argument instanceof OptionSpec option) || onCommandLine.contains(option.longestName())) {
      return null;
    }
    Setting set = values.get(option.longestName());
    return set == null ? null : uninterpolated(set.value());
  }

  /**
   * Returns what picocli makes the value of: it replaces variables in defaults, and {@code $$} by
   * {@code $}. It does so in the texts of its help as well, so this cannot be switched off.
   */
  private static String uninterpolated(String value) {
    return value.replace("$", "$$");
  }
}
