package dev.rollcall.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.StoreRegistry;
import dev.rollcall.app.options.Settings;
import dev.rollcall.http.client.HttpServiceRegistry;
import dev.rollcall.http.server.RegistryEndpoints;
import dev.rollcall.http.server.RequestLimits;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import dev.rollcall.registrar.Registrar;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/**
 * An option has the name of the setter that it stands for, as in {@code --drain-delay} for {@code
 * drainDelay}: whoever knows one knows the other.
 */
class OptionNamesTest {
  private static final Pattern CAPITAL = Pattern.compile("[A-Z]");

  private static final Map<String, String> HOW_TO_LOG =
      Map.of(
          "--log-format", "an application logs as it does anyway",
          "--log-level", "an application logs as it does anyway");

  /** Options of the server that are no setters, and why. */
  private static final Map<String, String> OF_THE_SERVER_ALONE =
      Map.ofEntries(
          Map.entry("--config", "the file of the options themselves"),
          Map.entry("--store", "an application opens its store"),
          Map.entry("--store-password-file", "a parameter of the store's URI"),
          Map.entry("--store-sentinel-password-file", "a parameter of the store's URI"),
          Map.entry("--wait-for-store", "an application tries again to open its store"),
          Map.entry("--service-key-file", "a key is no option's value; ServiceKeys.inFile"),
          Map.entry("--tls-certificate", "tls takes it with its key; ServerTls.pem"),
          Map.entry("--tls-key", "tls takes it with its certificate; ServerTls.pem"),
          Map.entry("--tls-key-store", "tls takes it with its password; ServerTls.keyStore"),
          Map.entry("--tls-key-store-password-file", "tls takes both; ServerTls.keyStore"),
          Map.entry("--without-metrics", "an application has metrics if it sets some"));

  private static final Map<String, String> OF_KEEP_ALONE =
      Map.of(
          "--service-key-file", "a key is no option's value; serviceKey",
          "--client-key", "clientCertificate takes both",
          "--info-json", "info takes values of any type",
          "--ready", "registerWhen takes code",
          "--ready-timeout", "registerWhen takes code",
          "--drain-time", "the time that the command has, as the server's requests have it");

  private static Set<String> settersOf(Class<?>... builders) {
    return Stream.of(builders)
        .flatMap(builder -> Stream.of(builder.getMethods()))
        .filter(method -> Modifier.isPublic(method.getModifiers()))
        .filter(method -> method.getReturnType().equals(method.getDeclaringClass()))
        .map(Method::getName)
        .map(OptionNamesTest::optionOf)
        .collect(Collectors.toSet());
  }

  private static String optionOf(String setter) {
    return "--"
        + CAPITAL
            .matcher(setter)
            .replaceAll(capital -> "-" + capital.group().toLowerCase(Locale.ROOT));
  }

  private static List<String> optionsOf(CommandLine command) {
    return command.getCommandSpec().options().stream()
        .filter(option -> !option.usageHelp() && !option.versionHelp())
        .map(option -> option.longestName())
        .toList();
  }

  private static void assertNamedBySetters(
      List<String> options, Set<String> setters, Map<String, String> others) {
    Set<String> withoutSetter =
        options.stream()
            .filter(option -> !setters.contains(option))
            .filter(option -> !HOW_TO_LOG.containsKey(option))
            .collect(Collectors.toSet());
    assertThat(withoutSetter).isEqualTo(others.keySet());
  }

  @Test
  void anOptionOfTheServerHasTheNameOfASetter() {
    assertNamedBySetters(
        optionsOf(Main.commandLine()),
        settersOf(
            RegistryHttpServer.Builder.class,
            RegistryEndpoints.Builder.class,
            RequestLimits.Builder.class,
            StoreRegistry.Builder.class),
        OF_THE_SERVER_ALONE);
  }

  @Test
  void anOptionOfKeepHasTheNameOfASetter() {
    CommandLine keep = Main.commandLine("keep").getSubcommands().get("keep");

    assertNamedBySetters(
        optionsOf(keep),
        settersOf(Registrar.Builder.class, HttpServiceRegistry.Builder.class),
        OF_KEEP_ALONE);
  }

  /** The rest is text: a variable is the option's name in capitals, see {@link SettingsTest}. */
  @Test
  void aVariableIsTheNameOfTheOption() {
    assertThat(Settings.variableOf(optionOf("maxBodyBytes"))).isEqualTo("ROLLCALL_MAX_BODY_BYTES");
  }
}
