package dev.rollcall.http.server.address;

import dev.rollcall.http.server.spi.ServerExchange;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** Who sends a request: the connection's other end, or whom a trusted proxy there names. */
public enum ClientAddress {
  /** Of the connection, whatever the request says. */
  CONNECTION {
    @Override
    public InetAddress of(ServerExchange exchange) {
      return exchange.remoteAddress();
    }

    @Override
    public PublicUrl publicUrl() {
      return PublicUrl.fromRequest();
    }
  },
  /** The last of {@code X-Forwarded-For}: what is before it the proxy has not seen itself. */
  FORWARDED {
    @Override
    public InetAddress of(ServerExchange exchange) {
      String chain = ForwardedHeaders.last(exchange, "X-Forwarded-For");
      try {
        return chain.isEmpty() ? exchange.remoteAddress() : literal(chain);
      } catch (UnknownHostException e) {
        return exchange.remoteAddress();
      }
    }

    @Override
    public PublicUrl publicUrl() {
      return PublicUrl.fromProxy();
    }
  };

  /**
   * An address of version 4, or what starts like one of version 6 and has a colon, which no name
   * has: the JDK reads it as such or not at all.
   */
  private static final Pattern LITERAL =
      Pattern.compile(
          "(?:(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(?:\\.(?!$)|$)){4}|[0-9A-Fa-f:\\[][^:]*:.*");

  public abstract InetAddress of(ServerExchange exchange);

  /** Returns how clients reach the handler, where that is not set. */
  public abstract PublicUrl publicUrl();

  /** Reads an address; a name is refused, and never looked up. */
  private static InetAddress literal(String text) throws UnknownHostException {
    if (!LITERAL.matcher(text).matches()) {
      throw new UnknownHostException();
    }
    return InetAddress.getByName(text);
  }
}
