/**
 * Sends commands to one server, as many as possible in each round trip.
 *
 * <p>The algorithm is leader/follower with flat combining: D. Hendler, I. Incze, N. Shavit and M.
 * Tzafrir, <a href="https://doi.org/10.1145/1810479.1810540">"Flat combining and the
 * synchronization-parallelism tradeoff"</a>, SPAA 2010. {@link
 * dev.rollcall.store.valkey.pipeline.CombiningPipeline} is the algorithm, and the other types are
 * its parts.
 *
 * <p>The path of a ping:
 *
 * <ol>
 *   <li>A thread puts a {@code PendingCommand} into the queue of the {@code CombiningPipeline}. If
 *       the pipeline has no leader, that thread becomes the leader. Otherwise it spins for a short
 *       time, then parks ({@code WaitingThread}).
 *   <li>An asynchronous ping is put into the same queue, and its thread goes on ({@code
 *       AsyncOperation}, {@code AsyncWaiter}). If the pipeline has no leader, a thread of the store
 *       is started, which leads ({@code AsyncThreads}).
 *   <li>The leader takes the queued commands as its batch. It waits, by yielding, for callers that
 *       the last batch has just served and that are about to send their next ping.
 *   <li>Pings that are neighbours in the batch become one script command ({@code PingBatch}).
 *   <li>The leader borrows a connection from the pool of the {@code Node}, writes all commands, and
 *       reads all replies ({@code RoundTrip}, {@code BorrowedConnection}).
 *   <li>It tells each waiter that its command is completed, gives the connection back, and wakes
 *       the thread at the head of the queue, which leads next. Futures are completed by threads
 *       that do nothing else ({@code Completions}), and fail at their deadline ({@code Deadlines}).
 * </ol>
 *
 * <p>What each layer gains, on two processors with Java 17. A figure is the number of pings a
 * second, divided by that of {@code PEXPIRE} from {@code valkey-benchmark} in the same run. The
 * command is {@code java -jar examples/benchmarks/target/benchmarks.jar valkey-ping}, run as it is
 * and with the constant changed as the table says. A layer that gains less than a tenth is removed.
 *
 * <table>
 *   <caption>Pings a second, of PEXPIRE by valkey-benchmark</caption>
 *   <tr>
 *     <th>without the layer
 *     <th>change
 *     <th>32 threads
 *     <th>2 threads
 *   <tr>
 *     <td>nothing is removed
 *     <td>
 *     <td>2.69
 *     <td>0.79
 *   <tr>
 *     <td>a caller parks at once, without spinning
 *     <td>{@code CombiningPipeline.SPIN_NANOS = 0}
 *     <td>1.06
 *     <td>0.79
 *   <tr>
 *     <td>each ping is a script command of its own
 *     <td>{@code SingleMaster.KEYS_PER_COMMAND = 1}
 *     <td>1.71
 *     <td>0.78
 *   <tr>
 *     <td>the leader does not wait for callers that were just served
 *     <td>{@code CombiningPipeline.DRAIN_SHARE = 1e-9}
 *     <td>2.39
 *     <td>0.76
 * </table>
 *
 * <p>Two layers were removed since they gained less: a second pipeline for two callers alone (2.70
 * and 0.86 without it), and a leader that went on for others for a millisecond (2.66 and 0.82
 * without it).
 */
@NullMarked
package dev.rollcall.store.valkey.pipeline;

import org.jspecify.annotations.NullMarked;
