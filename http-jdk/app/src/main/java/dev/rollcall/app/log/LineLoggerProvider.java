package dev.rollcall.app.log;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Logger;
import org.slf4j.event.Level;
import org.slf4j.helpers.BasicMDCAdapter;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * What SLF4J logs with in the runnable server. No file of services names it, so it is taken only
 * where the property {@code slf4j.provider} does.
 */
public final class LineLoggerProvider implements SLF4JServiceProvider {
  /** The property that names it to SLF4J. */
  public static final String SELECTION_PROPERTY = "slf4j.provider";

  /** The property that chooses the format, a name of {@link LineFormat}. */
  public static final String FORMAT_PROPERTY = "rollcall.log.format";

  /** The property that sets the least level of Rollcall's own loggers. */
  public static final String LEVEL_PROPERTY = "rollcall.log.level";

  private static final String OWN = "dev.rollcall";

  private final Map<String, Logger> loggers = new ConcurrentHashMap<>();
  private final IMarkerFactory markers = new BasicMarkerFactory();
  private final MDCAdapter context = new BasicMDCAdapter();
  private LineFormat format = LineFormat.KEY_VALUE;
  private Level ownLevel = Level.INFO;

  /** Made by SLF4J. */
  public LineLoggerProvider() {}

  @Override
  public void initialize() {
    format = LineFormat.valueOf(System.getProperty(FORMAT_PROPERTY, format.name()));
    ownLevel = Level.valueOf(System.getProperty(LEVEL_PROPERTY, ownLevel.name()));
  }

  @Override
  public ILoggerFactory getLoggerFactory() {
    return name -> loggers.computeIfAbsent(name, this::logger);
  }

  private Logger logger(String name) {
    // A level is asked for to see what the registry does, not what its HTTP server does.
    boolean isOwn = name.equals(OWN) || name.startsWith(OWN + '.');
    Level least = isOwn || ownLevel.compareTo(Level.INFO) < 0 ? ownLevel : Level.INFO;
    return new LineLogger(name, least, format, context);
  }

  @Override
  public IMarkerFactory getMarkerFactory() {
    return markers;
  }

  @Override
  public MDCAdapter getMDCAdapter() {
    return context;
  }

  @Override
  public String getRequestedApiVersion() {
    return "2.0.99";
  }
}
