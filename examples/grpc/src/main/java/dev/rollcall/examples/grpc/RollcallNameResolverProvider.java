package dev.rollcall.examples.grpc;

import dev.rollcall.Service;
import dev.rollcall.ServiceId;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.discovery.Change;
import dev.rollcall.discovery.Discovery;
import dev.rollcall.discovery.DiscoveryListener;
import dev.rollcall.discovery.View;
import io.grpc.Attributes;
import io.grpc.ChannelLogger.ChannelLogLevel;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.Status;
import io.grpc.StatusOr;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Resolves {@code rollcall:///orders} to the instances of the service {@code orders}, as they come
 * and go.
 *
 * <p>Each channel has one watch of the registry, which ends with the channel. A channel keeps the
 * addresses that it knew while the registry does not answer. Where no instance is known, calls fail
 * as unavailable with a sentence that says why, or wait if they are {@code waitForReady}.
 *
 * <p>Of a service's URL, {@code http://host:port} or {@code https://host:port}, only host and port
 * count; whether calls use TLS is decided by the channel's credentials. A channel spreads its calls
 * over all instances with the policy {@code round_robin}; by default gRPC uses one of them.
 */
public final class RollcallNameResolverProvider extends NameResolverProvider {
  private static final String SCHEME = "rollcall";
  private static final int USUAL_PRIORITY = 5;

  private final ServiceRegistry registry;

  /**
   * Creates a provider.
   *
   * @param registry where the services are; stays the caller's to close, after the channels
   */
  public RollcallNameResolverProvider(ServiceRegistry registry) {
    this.registry = registry;
  }

  @Override
  protected boolean isAvailable() {
    return true;
  }

  @Override
  protected int priority() {
    return USUAL_PRIORITY;
  }

  @Override
  public String getDefaultScheme() {
    return SCHEME;
  }

  @Override
  public Collection<Class<? extends SocketAddress>> getProducedSocketAddressTypes() {
    return Set.of(InetSocketAddress.class);
  }

  /**
   * Returns a resolver for a channel.
   *
   * @throws IllegalArgumentException if the target has the scheme, and is not {@code
   *     rollcall:///NAME} with a name that a service can have
   */
  @Override
  public @Nullable NameResolver newNameResolver(URI target, NameResolver.Args args) {
    if (!SCHEME.equals(target.getScheme())) {
      return null;
    }
    String path = target.getPath() == null ? "" : target.getPath();
    String name = path.startsWith("/") ? path.substring(1) : "";
    if (target.getRawAuthority() != null || !ServiceId.isValid(name)) {
      throw new IllegalArgumentException(
          "a target is rollcall:///NAME, with the name of a service such as orders; not " + target);
    }
    return new Resolver(registry, name, args);
  }

  /**
   * Tells one channel of the instances. The channel calls it in its synchronization context, where
   * nothing may block. So whatever may block, the look-up of a host for example, runs on the
   * channel's executor for such work, or on the thread that the watch has for its listener.
   */
  private static final class Resolver extends NameResolver {
    private final ServiceRegistry registry;
    private final String name;
    private final Args args;
    private final Executor offload;
    private final ReentrantLock publishing = new ReentrantLock();
    private volatile @Nullable Listener2 listener;
    private volatile @Nullable Discovery discovery;
    private volatile boolean isShutdown;

    Resolver(ServiceRegistry registry, String name, Args args) {
      this.registry = registry;
      this.name = name;
      this.args = args;
      this.offload = args.getOffloadExecutor();
    }

    @Override
    public String getServiceAuthority() {
      return name;
    }

    @Override
    public void start(Listener2 channel) {
      listener = channel;
      offload.execute(this::open);
    }

    private void open() {
      try {
        discovery =
            Discovery.of(registry)
                .named(name)
                .listener(
                    new DiscoveryListener() {
                      @Override
                      public void changed(View view, List<Change> changes) {
                        publish();
                      }
                    })
                .build();
      } catch (RuntimeException e) { // The registry is closed.
        tell(StatusOr.fromStatus(unavailable("it cannot be watched").withCause(e)));
      }
      if (isShutdown) {
        close();
      } else {
        publish(); // The first time, if the listener was called before this knew the discovery.
      }
    }

    /** Called by the channel, among others when it could not connect to an instance. */
    @Override
    public void refresh() {
      offload.execute(this::publish);
    }

    private void publish() {
      publishing.lock(); // What is told last is the newest.
      try {
        Discovery known = discovery;
        if (known != null && !isShutdown) {
          tell(addresses(known));
        }
      } finally {
        publishing.unlock();
      }
    }

    private void tell(StatusOr<List<EquivalentAddressGroup>> addresses) {
      Listener2 channel = listener;
      if (channel != null) {
        channel.onResult(ResolutionResult.newBuilder().setAddressesOrError(addresses).build());
      }
    }

    private StatusOr<List<EquivalentAddressGroup>> addresses(Discovery known) {
      List<Service> services = known.services(); // At the start it waits for the registry, 5 s.
      List<EquivalentAddressGroup> addresses = new ArrayList<>();
      services.forEach(service -> addressesOf(service).ifPresent(addresses::add));
      if (!addresses.isEmpty()) {
        return StatusOr.fromValue(addresses);
      }
      if (!hasAnswer(known)) {
        return StatusOr.fromStatus(unavailable("the registry has not answered yet"));
      }
      return StatusOr.fromStatus(
          unavailable(
              services.isEmpty()
                  ? known
                      .staleSince()
                      .map(since -> "none was registered when the registry last answered, " + since)
                      .orElse("none is registered")
                  : "none of the hosts of " + services.size() + " instances can be found"));
    }

    private static boolean hasAnswer(Discovery discovery) {
      try {
        return discovery.awaitFirstView(Duration.ZERO);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }

    private Status unavailable(String why) {
      return Status.UNAVAILABLE.withDescription("no instance of '" + name + "' is known: " + why);
    }

    private Optional<EquivalentAddressGroup> addressesOf(Service service) {
      try {
        URI url = URI.create(service.url());
        if (url.getHost() == null) { // The look-up would take that for this host.
          throw new UnknownHostException("its URL has no host, or one with other characters");
        }
        int usualPort = "https".equals(url.getScheme()) ? 443 : 80;
        int port = url.getPort() < 0 ? usualPort : url.getPort();
        List<SocketAddress> addresses =
            Stream.of(InetAddress.getAllByName(url.getHost()))
                .<SocketAddress>map(address -> new InetSocketAddress(address, port))
                .toList();
        // The name in the certificate of this instance, and in the authority of calls to it.
        return Optional.of(
            new EquivalentAddressGroup(
                addresses,
                Attributes.newBuilder()
                    .set(EquivalentAddressGroup.ATTR_AUTHORITY_OVERRIDE, url.getHost() + ":" + port)
                    .build()));
      } catch (UnknownHostException | IllegalArgumentException e) {
        args.getChannelLogger()
            .log(ChannelLogLevel.WARNING, "{0} is left out: {1}", service.url(), e.getMessage());
        return Optional.empty();
      }
    }

    @Override
    public void shutdown() {
      isShutdown = true;
      offload.execute(this::close); // It waits for the listener, which may look up a host.
    }

    private void close() {
      Discovery opened = discovery;
      if (opened != null) {
        opened.close();
      }
    }
  }
}
