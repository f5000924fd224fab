package dev.rollcall.store.valkey.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.commons.pool2.BasePooledObjectFactory;
import org.apache.commons.pool2.PooledObject;
import org.apache.commons.pool2.impl.DefaultPooledObject;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.util.Pool;

/** That a pool of one connection has one to give after an {@link Error} wherever memory is used. */
class PoolErrorsTest {
  /** Where the next error is thrown, once. */
  private enum Place {
    NOWHERE,
    CLOCK,
    CLOSING,
    RETURNING,
    DESTROYING
  }

  private Place failing = Place.NOWHERE;

  private final Pool<Connection> pool =
      new Pool<>(
          new BasePooledObjectFactory<Connection>() {
            @Override
            public Connection create() {
              return new FailingConnection();
            }

            @Override
            public PooledObject<Connection> wrap(Connection connection) {
              return new DefaultPooledObject<>(connection);
            }

            @Override
            public void destroyObject(PooledObject<Connection> connection) {
              failAt(Place.DESTROYING);
            }
          }) {
        @Override
        public void returnBrokenResource(Connection connection) {
          failAt(Place.RETURNING);
          super.returnBrokenResource(connection);
        }
      };

  private final Node node = new Node(() -> "h:1", () -> pool, Duration.ZERO, this::nanoTime);

  @BeforeEach
  void thePoolHasOneConnection() {
    pool.setMaxTotal(1);
  }

  private void failAt(Place place) {
    if (failing == place) {
      failing = Place.NOWHERE;
      throw new OutOfMemoryError("injected");
    }
  }

  private long nanoTime() {
    failAt(Place.CLOCK);
    return 0;
  }

  /** A connection whose commands fail. */
  private final class FailingConnection extends Connection {
    @Override
    public void sendCommand(CommandArguments args) {
      throw new JedisConnectionException("injected");
    }

    @Override
    public boolean isConnected() {
      return true;
    }

    @Override
    public void setSoTimeout(int millis) {
      // It has no socket.
    }

    @Override
    public void forceDisconnect() throws IOException {
      setBroken();
      failAt(Place.CLOSING);
    }
  }

  private BorrowedConnection connect() {
    return node.connect(System.nanoTime() + TimeUnit.SECONDS.toNanos(2), false);
  }

  private static void assertFails(Runnable step) {
    assertThatThrownBy(step::run).isInstanceOf(OutOfMemoryError.class);
  }

  private void assertThereIsAConnection() {
    assertThat(failing).isEqualTo(Place.NOWHERE);
    connect().giveBack();
    assertThat(pool.getNumActive()).isZero();
  }

  @Test
  void aConnectionThatCouldNotBeClosedIsGivenBackAllTheSame() {
    BorrowedConnection connection = connect();
    connection.retire();
    failing = Place.CLOSING;

    assertFails(connection::giveBack);

    assertThereIsAConnection();
  }

  @Test
  void aConnectionThatThePoolDidNotTakeIsGivenBackByTheNextCaller() {
    failAConnection();
    failing = Place.RETURNING;

    assertFails(this::connect);

    assertThereIsAConnection();
  }

  @Test
  void aConnectionThatThePoolForgotWhenItFailedIsNoFailureOfTheNextCaller() {
    failAConnection();
    failing = Place.DESTROYING;

    assertFails(this::connect);

    assertThereIsAConnection();
  }

  @Test
  void aConnectionThatCouldNotBeTestedIsGivenBack() {
    connect().giveBack();
    failing = Place.CLOCK;

    assertFails(() -> node.connect(System.nanoTime() + TimeUnit.SECONDS.toNanos(2), true));

    assertThereIsAConnection();
  }

  @Test
  void aSubscriptionThatCouldNotBeClosedGivesItsConnectionBack() {
    pool.setMaxTotal(2); // A subscription takes no connection that is the only one.
    failing = Place.CLOSING;

    assertFails(
        () -> {
          var unused =
              Subscription.open(
                  node, new byte[0], null, System.nanoTime() + TimeUnit.SECONDS.toNanos(2));
        });

    pool.setMaxTotal(1);
    assertThereIsAConnection();
  }

  private void failAConnection() {
    BorrowedConnection connection = connect();
    connection.retire();
    connection.giveBack();
  }
}
