package dev.rollcall.examples.benchmarks.simulation;

import java.time.Duration;

/**
 * A registry with all that belongs to it: services, the servers that they ping, the masters of a
 * Cluster, and the servers that hold the streams of those who call the services.
 *
 * @param services how many services there are, each a process of its own
 * @param servers how many servers answer pings
 * @param processors how many processors a server has
 * @param masters how many masters the Cluster has; each works on one processor
 * @param watchServers how many servers hold streams; each has a view
 * @param streamsOfService how many streams are told of a change of one service
 * @param interval of the pings
 * @param oneWay how long a message is under way between two machines
 * @param pauseEvery how often a server halts to collect garbage
 * @param pause how long it then halts
 */
public record Shard(
    int services,
    int servers,
    int processors,
    int masters,
    int watchServers,
    int streamsOfService,
    Duration interval,
    Duration oneWay,
    Duration pauseEvery,
    Duration pause) {}
