package dev.rollcall.spi;

import dev.rollcall.Service;
import dev.rollcall.history.ServiceMark;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * How many services are alive, and how many of them an operator should look at.
 *
 * <p>Immutable.
 *
 * @param services how many are alive
 * @param marked how many of these have a mark, by each mark that there is
 */
public record ServiceCounts(long services, Map<ServiceMark, Long> marked) {

  /**
   * Creates the counts.
   *
   * @param services how many are alive
   * @param marked how many of these have a mark; a mark that is missing here counts as 0
   */
  public ServiceCounts {
    Map<ServiceMark, Long> all = new EnumMap<>(ServiceMark.class);
    for (ServiceMark mark : ServiceMark.values()) {
      all.put(mark, marked.getOrDefault(mark, 0L));
    }
    marked = Collections.unmodifiableMap(all);
  }

  /**
   * Counts services.
   *
   * @param services those that are alive, each once
   * @return the counts
   */
  public static ServiceCounts of(Collection<Service> services) {
    Map<ServiceMark, Long> marked = new EnumMap<>(ServiceMark.class);
    services.forEach(service -> service.marks().forEach(mark -> marked.merge(mark, 1L, Long::sum)));
    return new ServiceCounts(services.size(), marked);
  }
}
