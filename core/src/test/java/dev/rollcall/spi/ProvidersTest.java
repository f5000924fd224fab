package dev.rollcall.spi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.registrar.IsolatedLoader;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Threads whose context class loader is not the application's. */
class ProvidersTest {

  /** Opens nothing. */
  public static final class NoClient implements ServiceRegistryProvider {
    @Override
    public Set<String> schemes() {
      return Set.of("testing");
    }

    @Override
    public dev.rollcall.ServiceRegistry open(RegistryTarget target) {
      throw new UnsupportedOperationException();
    }
  }

  private static <T> T onAThreadOf(ClassLoader context, Callable<T> call) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                result.complete(call.call());
              } catch (Exception e) {
                result.completeExceptionally(e);
              }
            });
    thread.setContextClassLoader(context);
    thread.start();
    return result.join();
  }

  private static void provide(Path folder, Class<?> type, Class<?> provider) throws Exception {
    Path services = Files.createDirectories(folder.resolve("META-INF/services"));
    Files.writeString(services.resolve(type.getName()), provider.getName());
  }

  @Test
  void aStoreIsFoundThatOnlyTheApplicationsLoaderSees(@TempDir Path folder) throws Exception {
    provide(folder, TtlStoreProvider.class, TtlStoreProvidersTest.TestProvider.class);
    try (var application = new IsolatedLoader(folder)) {
      Method open = application.loadClass(TtlStore.class.getName()).getMethod("open", String.class);
      for (ClassLoader other :
          new ClassLoader[] {
            ClassLoader.getPlatformClassLoader(), null, getClass().getClassLoader()
          }) {
        AutoCloseable store =
            (AutoCloseable) onAThreadOf(other, () -> open.invoke(null, "testing:"));
        assertThat(store.getClass().getClassLoader()).isSameAs(application);
        store.close();
      }
    }
  }

  @Test
  void aClientIsFoundThatOnlyTheApplicationsLoaderSees(@TempDir Path folder) throws Exception {
    provide(folder, ServiceRegistryProvider.class, NoClient.class);
    try (var application = new IsolatedLoader(folder)) {
      Method forUrl =
          application
              .loadClass(ServiceRegistryProvider.class.getName())
              .getMethod("forUrl", String.class);
      Object provider =
          onAThreadOf(
              ClassLoader.getPlatformClassLoader(), () -> forUrl.invoke(null, "testing://h"));

      assertThat(provider.getClass().getClassLoader()).isSameAs(application);
    }
  }
}
