package dev.rollcall.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.rollcall.Registration;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.contract.control.AtomicStore;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TtlStoreProvidersTest {
  private final Thread thread = Thread.currentThread();
  private final ClassLoader before = thread.getContextClassLoader();

  @BeforeEach
  void putTheProviderOnTheClassPath(@TempDir Path directory) throws IOException {
    Path services = Files.createDirectories(directory.resolve("META-INF/services"));
    Files.writeString(
        services.resolve(TtlStoreProvider.class.getName()), TestProvider.class.getName());
    thread.setContextClassLoader(new URLClassLoader(new URL[] {directory.toUri().toURL()}, before));
  }

  @AfterEach
  void takeItOff() throws IOException {
    ((URLClassLoader) thread.getContextClassLoader()).close();
    thread.setContextClassLoader(before);
  }

  private static URI opened(String text) {
    try (TtlStore store = TtlStore.open(text)) {
      assertThat(store).isSameAs(TestProvider.store);
    }
    return TestProvider.uri;
  }

  @Test
  void theProviderOfTheSchemeOpensTheStore() {
    assertThat(opened("testing://h/path?a=b")).isEqualTo(URI.create("testing://h/path?a=b"));
  }

  @Test
  void aSchemeAloneIsEnough() {
    assertThat(opened("testing:")).isEqualTo(URI.create("testing:/"));
  }

  @Test
  void aUriThatEndsWithAColonIsTakenAsItIs() {
    assertThat(opened("testing://h?prefix=app:")).hasQuery("prefix=app:");
  }

  @Test
  void aSchemeIsTheSameInUpperCase() {
    assertThat(opened("TestIng://h").getHost()).isEqualTo("h");
    assertThat(opened("ALSO-TESTING:")).hasPath("/");
  }

  @Test
  void anUnknownSchemeIsAnsweredWithThoseThatAreThere() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TtlStore.open("nope://user:s3cret@h"))
        .withMessage(
            "no store on the class path answers for 'nope:'; "
                + "those there answer for also-testing, testing");
  }

  @Test
  void withoutAnyStoreTheMessageSaysWhatToAdd() {
    ClassLoader empty = thread.getContextClassLoader();
    thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
    try {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> TtlStore.open("memory:"))
          .withMessageContaining("'memory:'")
          .withMessageContaining("add a store's jar, such as rollcall-store-memory");
    } finally {
      thread.setContextClassLoader(empty);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "testing",
        "//user:s3cret@h",
        "user:s3cret@h:%zz",
        "testing://user:s3cret@h /",
        "test ing://user:s3cret@h",
        "testing://h:s3cret^"
      })
  void whatIsNoStoreUriIsRefusedWithoutShowingItsPassword(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TtlStore.open(text))
        .satisfies(e -> assertThat(e).hasMessageContaining("URI").hasNoCause())
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("s3cret"));
  }

  @Test
  void aRegistryOpenedByUriClosesItsStore() {
    ServiceRegistry registry = ServiceRegistry.open("testing:");
    assertThat(registry.register(Registration.builder("http://h").id("a").build()).id())
        .isEqualTo("a");
    TtlStore store = TestProvider.store;
    registry.close();

    assertThatIllegalStateException().isThrownBy(store::list);
    assertThatIllegalStateException().isThrownBy(registry::list);
  }

  /** Remembers what it was asked for and what it opened, last. */
  public static final class TestProvider implements TtlStoreProvider {
    private static URI uri;
    private static TtlStore store;

    @Override
    public Set<String> schemes() {
      return Set.of("testing", "also-testing");
    }

    @Override
    public TtlStore open(URI asked) {
      uri = asked;
      store = new AtomicStore(System::nanoTime, InstantSource.system());
      return store;
    }
  }
}
