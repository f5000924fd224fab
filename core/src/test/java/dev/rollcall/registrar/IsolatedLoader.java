package dev.rollcall.registrar;

import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Loads core and its tests anew, as an application that has a class loader of its own. */
public final class IsolatedLoader extends URLClassLoader {
  /** Creates a loader that also sees these folders. */
  public IsolatedLoader(Path... more) {
    super(urls(more), ClassLoader.getPlatformClassLoader());
  }

  private static URL[] urls(Path... more) {
    List<URL> urls = new ArrayList<>();
    urls.add(Registrar.class.getProtectionDomain().getCodeSource().getLocation());
    urls.add(IsolatedLoader.class.getProtectionDomain().getCodeSource().getLocation());
    for (Path path : more) {
      try {
        urls.add(path.toUri().toURL());
      } catch (MalformedURLException e) {
        throw new AssertionError(e);
      }
    }
    return urls.toArray(URL[]::new);
  }
}
