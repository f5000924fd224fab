package dev.rollcall.http.server.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.Test;

/** A method that is not passed on would be that of an engine which does nothing. */
class ReportingEngineTest {
  /**
   * They are told to the constructor, or call another overload, by the documentation of SSLEngine.
   */
  private static final Set<String> NOT_PASSED_ON =
      Set.of(
          "getPeerHost()",
          "getPeerPort()",
          "wrap(ByteBuffer,ByteBuffer)",
          "wrap(ByteBuffer[],ByteBuffer)",
          "unwrap(ByteBuffer,ByteBuffer)",
          "unwrap(ByteBuffer,ByteBuffer[])");

  private static Set<String> methodsOf(Class<?> type) {
    return Stream.of(type.getDeclaredMethods())
        .filter(method -> !Modifier.isStatic(method.getModifiers()))
        .filter(method -> !Modifier.isPrivate(method.getModifiers()))
        .filter(method -> !method.isSynthetic())
        .map(ReportingEngineTest::signature)
        .collect(Collectors.toSet());
  }

  private static String signature(Method method) {
    return method.getName()
        + Stream.of(method.getParameterTypes())
            .map(Class::getSimpleName)
            .collect(Collectors.joining(",", "(", ")"));
  }

  @Test
  void everyMethodOfAnEngineIsPassedOn() {
    Set<String> left = methodsOf(SSLEngine.class);
    left.removeAll(methodsOf(ReportingEngine.class));

    assertThat(left).isEqualTo(NOT_PASSED_ON);
  }

  @Test
  void everyMethodOfAContextIsPassedOn() throws Exception {
    Class<?> spi = Class.forName(ReportingContext.class.getName() + "$Spi");

    assertThat(methodsOf(spi)).containsAll(methodsOf(SSLContextSpi.class));
  }
}
