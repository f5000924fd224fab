package dev.rollcall.http.server.response;

import dev.rollcall.Service;
import dev.rollcall.discovery.SetVersion;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The version of the last whole list. Whoever polls lists in which nothing changes makes the server
 * hash each service again and again, which takes longer than to see that all are the same.
 *
 * <p>Safe for use by any number of threads.
 */
public final class LastVersion {
  private volatile @Nullable Known last;

  /** The registrations of a list, in its order; 12 to 16 bytes each, since the ids are shared. */
  private static final class Known {
    private final String[] ids;
    private final long[] revisions;
    private final SetVersion version;

    Known(List<Service> services) {
      this.ids = services.stream().map(Service::id).toArray(String[]::new);
      this.revisions = services.stream().mapToLong(Service::revision).toArray();
      this.version = SetVersion.of(services);
    }

    boolean is(List<Service> services) {
      if (services.size() != ids.length) {
        return false;
      }
      int i = 0;
      for (Service service : services) {
        if (service.revision() == 0
            || service.revision() != revisions[i]
            || !service.id().equals(ids[i])) {
          return false;
        }
        i++;
      }
      return true;
    }
  }

  /** Returns the version of some services, which are in the order of their ids. */
  SetVersion of(List<Service> services) {
    Known known = last;
    if (known == null || !known.is(services)) {
      known = new Known(services);
      last = known;
    }
    return known.version;
  }
}
