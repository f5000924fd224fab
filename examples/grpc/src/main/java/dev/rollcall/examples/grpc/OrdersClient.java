package dev.rollcall.examples.grpc;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.client.HttpServiceRegistry;
import io.grpc.CallOptions;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.NameResolverRegistry;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.util.concurrent.TimeUnit;

/** A client of whatever instances there are. */
public final class OrdersClient implements AutoCloseable {
  private static final long DEADLINE_SECONDS = 5;

  private final ManagedChannel channel;

  /**
   * Creates a client.
   *
   * @param registry where the instances are; stays the caller's to close, after the client
   */
  public OrdersClient(ServiceRegistry registry) {
    NameResolverRegistry resolvers = new NameResolverRegistry();
    resolvers.register(new RollcallNameResolverProvider(registry));
    this.channel =
        Grpc.newChannelBuilder(
                "rollcall:///" + Orders.NAME, InsecureChannelCredentials.create(), resolvers)
            .defaultLoadBalancingPolicy("round_robin")
            .build();
  }

  /**
   * Asks what has become of an order.
   *
   * @param order its number
   * @return the answer
   * @throws StatusRuntimeException if no answer comes within the deadline, or no instance is known
   */
  public String statusOf(String order) {
    return ClientCalls.blockingUnaryCall(
        channel,
        Orders.STATUS,
        CallOptions.DEFAULT.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS),
        order);
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }

  /**
   * Asks for each order that the standard input names, one a line.
   *
   * @param args the registry's URL
   * @throws IOException if the standard input cannot be read
   */
  public static void main(String[] args) throws IOException {
    if (args.length != 1) {
      System.err.println("Usage: OrdersClient REGISTRY-URL");
      System.exit(2);
    }
    try (ServiceRegistry registry = HttpServiceRegistry.connect(args[0]);
        OrdersClient client = new OrdersClient(registry);
        BufferedReader orders =
            new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()))) {
      String order;
      while ((order = orders.readLine()) != null) {
        try {
          System.out.println(client.statusOf(order));
        } catch (StatusRuntimeException e) {
          System.out.println(e.getMessage());
        }
      }
    }
  }
}
