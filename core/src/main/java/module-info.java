/**
 * The registry, its records and errors, the keepalive that runs inside a service, how services are
 * found, and the store SPI.
 *
 * <p>Depends on the JDK alone.
 */
module dev.rollcall {
  requires static java.logging;
  requires static org.jspecify;

  exports dev.rollcall;
  exports dev.rollcall.discovery;
  exports dev.rollcall.history;
  exports dev.rollcall.registrar;
  exports dev.rollcall.spi;

  uses dev.rollcall.spi.ServiceRegistryProvider;
  uses dev.rollcall.spi.TtlStoreProvider;
}
