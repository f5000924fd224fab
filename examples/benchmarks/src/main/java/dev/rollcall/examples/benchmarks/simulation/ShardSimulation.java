package dev.rollcall.examples.benchmarks.simulation;

import dev.rollcall.examples.benchmarks.Latencies;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A discrete-event simulation of one {@link Shard}: each ping and each registration of each service
 * is an event at the client, at a server, at a master, and at the client again. Clients follow the
 * schedules of the registrar.
 *
 * <p>What is not simulated: requests that are lost or time out, clients that share a keepalive, and
 * processors that have other work.
 */
public final class ShardSimulation {
  private static final int SEND = 0;
  private static final int AT_SERVER = 1;
  private static final int SERVED = 2;
  private static final int AT_MASTER = 3;
  private static final int ANSWERED = 4;
  private static final int REFUSED = 5;
  private static final int KINDS = 6;

  /** A service whose pings are answered by 200. */
  private static final byte REGISTERED = 0;

  /** A service whose next ping is answered by 404. */
  private static final byte GONE = 1;

  /** A service that has had a 404. */
  private static final byte REGISTERING = 2;

  /**
   * How many requests of a server wait for masters at once, and how many of them that are not
   * pings.
   */
  private static final int MAX_REQUESTS = 256;

  private static final int MAX_REGISTRATIONS = MAX_REQUESTS - MAX_REQUESTS / 4;

  private static final double RETRY_AFTER = 1;
  private static final double MICRO = 1e-6;

  private final Shard shard;
  private final Costs costs;
  private final double interval;
  private final double oneWay;
  private final SplittableRandom random;
  private final EventQueue queue;
  private final Station[] servers;
  private final Station[] masters;
  private final int[] inProgress;
  private final byte[] states;
  private final byte[] failures;
  private final double[] sentAt;

  /** Stands for all servers that hold streams: each has the same share of them. */
  private final Station watchServer;

  private boolean isFirstServerLost;
  private Latencies pings = new Latencies();
  private long refusals;
  private int registered;
  private double lastToldAt;

  /** Creates one; runs with the same seed are the same. */
  public ShardSimulation(Shard shard, Costs costs, long seed) {
    this.shard = shard;
    this.costs = costs;
    this.interval = shard.interval().toNanos() / 1e9;
    this.oneWay = shard.oneWay().toNanos() / 1e9;
    this.random = new SplittableRandom(seed);
    this.queue = new EventQueue(shard.services());
    var pauses =
        new Station.Pauses(shard.pauseEvery().toNanos() / 1e9, shard.pause().toNanos() / 1e9);
    this.servers = new Station[shard.servers()];
    Arrays.setAll(servers, i -> new Station(shard.processors(), pauses, random.split()));
    this.masters = new Station[shard.masters()];
    Arrays.setAll(masters, i -> new Station(1, Station.Pauses.NONE, random.split()));
    this.watchServer = new Station(shard.processors(), pauses, random.split());
    this.inProgress = new int[shard.servers()];
    this.states = new byte[shard.services()];
    this.failures = new byte[shard.services()];
    this.sentAt = new double[shard.services()];
  }

  /**
   * What a time without changes is like.
   *
   * @param pingsPerSecond how many pings were answered
   * @param serverUtilization which share of the servers' processors was busy
   * @param masterUtilization the same for the masters
   * @param p50Millis half of the pings took at most so long
   * @param p99Millis 99 % of them did
   * @param p999Millis 99.9 % of them did
   * @param refusals how many were refused
   */
  public record Quiet(
      double pingsPerSecond,
      double serverUtilization,
      double masterUtilization,
      double p50Millis,
      double p99Millis,
      double p999Millis,
      long refusals) {}

  /** Simulates pings of registered services for some intervals. */
  public Quiet quiet(int intervals) {
    for (int service = 0; service < shard.services(); service++) {
      queue.add(random.nextDouble() * interval, event(service, SEND));
    }
    return goOn(intervals);
  }

  /** Goes on after {@link #quiet} with one server fewer, whose clients ping the next one. */
  public Quiet withoutFirstServer(int intervals) {
    isFirstServerLost = true;
    return goOn(intervals);
  }

  /** Goes on after {@link #quiet}. */
  public Quiet goOn(int intervals) {
    pings = new Latencies();
    refusals = 0;
    double serverBefore = servers[1].busySeconds();
    double masterBefore = masters[0].busySeconds();
    double seconds = intervals * interval;
    run(queue.now() + seconds);
    return new Quiet(
        pings.count() / seconds,
        (servers[1].busySeconds() - serverBefore) / seconds / shard.processors(),
        (masters[0].busySeconds() - masterBefore) / seconds,
        pings.percentileMillis(0.5),
        pings.percentileMillis(0.99),
        pings.percentileMillis(0.999),
        refusals);
  }

  /**
   * How the services return after an outage.
   *
   * @param halfBackSeconds after this time half of them are registered again
   * @param allBackSeconds after this time all of them are
   * @param refusalsOfEach how many requests were refused for each service
   * @param allToldSeconds after this time all streams know of all services
   */
  public record Return(
      double halfBackSeconds,
      double allBackSeconds,
      double refusalsOfEach,
      double allToldSeconds) {}

  /**
   * Simulates the end of an outage that was longer than the leases. Nobody is registered, and all
   * services try to ping, at most four fifths of an interval apart.
   */
  public Return returnAfterOutage() {
    Arrays.fill(states, GONE);
    double longestWait = interval * 4 / 5;
    for (int service = 0; service < shard.services(); service++) {
      queue.add(restOfWait(longestWait), event(service, SEND));
    }
    double halfBack = 0;
    while (registered < shard.services()) {
      step();
      if (halfBack == 0 && registered >= shard.services() / 2) {
        halfBack = queue.now();
      }
    }
    return new Return(halfBack, queue.now(), (double) refusals / shard.services(), lastToldAt);
  }

  /** Returns what is left at a random moment of waits that are random up to the longest. */
  private double restOfWait(double longest) {
    double wait = longest * Math.max(0.1, Math.sqrt(random.nextDouble())); // long ones are met more
    return wait * random.nextDouble();
  }

  private void run(double until) {
    while (queue.hasNext(until)) {
      step();
    }
  }

  private void step() {
    int event = queue.next();
    int service = event / KINDS;
    switch (event % KINDS) {
      case SEND -> send(service);
      case AT_SERVER -> atServer(service);
      case SERVED -> served(service);
      case AT_MASTER -> atMaster(service);
      case ANSWERED -> answered(service);
      case REFUSED -> refused(service);
      default -> throw new IllegalStateException("no such event: " + event);
    }
  }

  private static int event(int service, int kind) {
    return service * KINDS + kind;
  }

  private void send(int service) {
    sentAt[service] = queue.now();
    queue.add(queue.now() + oneWay, event(service, AT_SERVER));
  }

  private int serverOf(int service) {
    int server = service % servers.length;
    return server == 0 && isFirstServerLost
        ? 1 + service / servers.length % (servers.length - 1)
        : server;
  }

  private void atServer(int service) {
    boolean isPing = states[service] != REGISTERING;
    double micros = isPing ? costs.pingAtServer() : costs.registrationAtServer();
    double done = servers[serverOf(service)].serve(queue.now(), micros * MICRO);
    queue.add(done, event(service, SERVED));
  }

  /** The server has decided, and waits for the master, unless it waits for too many answers. */
  private void served(int service) {
    int server = serverOf(service);
    int limit = states[service] == REGISTERING ? MAX_REGISTRATIONS : MAX_REQUESTS;
    if (inProgress[server] >= limit) {
      queue.add(queue.now() + oneWay, event(service, REFUSED));
    } else {
      inProgress[server]++;
      queue.add(queue.now() + oneWay, event(service, AT_MASTER));
    }
  }

  private void atMaster(int service) {
    boolean isPing = states[service] != REGISTERING;
    double micros = isPing ? costs.pingAtMaster() : costs.registrationAtMaster();
    double done = masters[service % masters.length].serve(queue.now(), micros * MICRO);
    if (!isPing) {
      tell(done + oneWay);
    }
    queue.add(done + oneWay, event(service, ANSWERED));
  }

  private void tell(double hintAt) {
    double streams = (double) shard.streamsOfService() / shard.watchServers();
    double micros = costs.changeAtView() + streams * costs.changeForStream();
    lastToldAt = Math.max(lastToldAt, watchServer.serve(hintAt, micros * MICRO) + oneWay);
  }

  private void answered(int service) {
    inProgress[serverOf(service)]--;
    double heardAt = queue.now() + oneWay;
    failures[service] = 0;
    switch (states[service]) {
      case REGISTERED -> {
        pings.add((long) ((heardAt - sentAt[service]) * 1e9));
        queue.add(Math.max(heardAt, sentAt[service] + interval), event(service, SEND));
      }
      case GONE -> {
        states[service] = REGISTERING;
        queue.add(heardAt, event(service, SEND));
      }
      default -> {
        states[service] = REGISTERED;
        registered++;
        queue.add(heardAt + random.nextDouble() * interval, event(service, SEND));
      }
    }
  }

  private void refused(int service) {
    refusals++;
    boolean hasLease = states[service] == REGISTERED;
    double first = hasLease ? interval / 10 : interval / 5;
    double bound = Math.min(interval * 4 / 5, first * (1 << Math.min(failures[service], 6)));
    failures[service]++;
    double backoff = bound * (0.1 + 0.9 * random.nextDouble());
    double asked = RETRY_AFTER * (1 + random.nextDouble() / 4);
    queue.add(queue.now() + Math.max(backoff, asked), event(service, SEND));
  }
}
