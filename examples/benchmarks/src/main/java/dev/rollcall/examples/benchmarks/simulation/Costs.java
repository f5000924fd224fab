package dev.rollcall.examples.benchmarks.simulation;

/**
 * What calls and changes cost in processor time, in microseconds, and what each service takes in
 * memory.
 *
 * @param pingAtServer a ping over HTTP
 * @param pingAtMaster the same, at the master that has the service
 * @param registrationAtServer a registration over HTTP
 * @param registrationAtMaster the same, at the master, history included
 * @param changeAtView a change at a server that has a view
 * @param changeForStream what is more for each stream that is told of it
 * @param streamOpened a stream that goes on after its server was lost
 * @param listedAtMaster each service of a list, at the master
 * @param changeAtMaster a change at the master, for each server that has a view
 * @param masterBytes memory of a master for each service
 * @param viewBytes heap of a view for each service
 * @param streamBytes heap of a stream
 */
public record Costs(
    double pingAtServer,
    double pingAtMaster,
    double registrationAtServer,
    double registrationAtMaster,
    double changeAtView,
    double changeForStream,
    double streamOpened,
    double listedAtMaster,
    double changeAtMaster,
    double masterBytes,
    double viewBytes,
    double streamBytes) {}
