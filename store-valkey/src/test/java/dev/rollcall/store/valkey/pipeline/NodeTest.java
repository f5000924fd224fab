package dev.rollcall.store.valkey.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.commons.pool2.BasePooledObjectFactory;
import org.apache.commons.pool2.PooledObject;
import org.apache.commons.pool2.impl.DefaultPooledObject;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Connection;
import redis.clients.jedis.util.Pool;

/** That a pool that is closed keeps no connection. */
class NodeTest {
  private final List<Connection> open = new ArrayList<>();

  /** Runs while the pool opens a connection. */
  private Runnable meanwhile = () -> {};

  private final Pool<Connection> pool =
      new Pool<>(
          new BasePooledObjectFactory<Connection>() {
            @Override
            public Connection create() {
              Connection connection = new Connection(); // It connects when it is used.
              open.add(connection);
              meanwhile.run();
              return connection;
            }

            @Override
            public PooledObject<Connection> wrap(Connection connection) {
              return new DefaultPooledObject<>(connection);
            }

            @Override
            public void destroyObject(PooledObject<Connection> connection) {
              open.remove(connection.getObject());
            }
          });

  private final Node node = new Node(() -> "h:1", () -> pool, Duration.ZERO);

  private void failAConnection() {
    BorrowedConnection connection =
        node.connect(System.nanoTime() + TimeUnit.SECONDS.toNanos(10), false);
    connection.cut();
    connection.giveBack();
  }

  @Test
  void aPoolThatIsClosedWhileItReplacesAConnectionKeepsNone() {
    failAConnection();
    meanwhile = pool::close;

    node.close();

    assertThat(pool.isClosed()).isTrue();
    assertThat(open).isEmpty();
  }

  @Test
  void aConnectionThatFailsAfterAllIsClosedIsNotReplaced() {
    BorrowedConnection connection =
        node.connect(System.nanoTime() + TimeUnit.SECONDS.toNanos(10), false);
    pool.close();
    node.close();
    meanwhile =
        () -> {
          throw new AssertionError("another connection was opened");
        };

    connection.cut();
    connection.giveBack();

    assertThat(open).isEmpty();
  }
}
