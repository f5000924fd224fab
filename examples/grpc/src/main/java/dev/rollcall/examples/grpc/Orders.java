package dev.rollcall.examples.grpc;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The service, written by hand: with texts for messages it needs no protobuf. */
final class Orders {
  static final String NAME = "orders";

  /** Takes the number of an order, and answers with what has become of it. */
  static final MethodDescriptor<String, String> STATUS =
      MethodDescriptor.<String, String>newBuilder()
          .setType(MethodType.UNARY)
          .setFullMethodName(MethodDescriptor.generateFullMethodName(NAME, "Status"))
          .setRequestMarshaller(new Text())
          .setResponseMarshaller(new Text())
          .build();

  private Orders() {}

  /** A message that is a text in UTF-8. */
  private static final class Text implements Marshaller<String> {
    @Override
    public InputStream stream(String text) {
      return new ByteArrayInputStream(text.getBytes(UTF_8));
    }

    @Override
    public String parse(InputStream in) {
      try (in) {
        return new String(in.readAllBytes(), UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
