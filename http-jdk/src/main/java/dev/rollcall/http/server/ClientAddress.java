package dev.rollcall.http.server;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Who sends a request: the connection's other end, or whom a trusted proxy there names. */
enum ClientAddress {
  /** Of the connection, whatever the request says. */
  CONNECTION {
    @Override
    InetAddress of(Request request) {
      return request.client();
    }

    @Override
    PublicUrl publicUrl() {
      return PublicUrl.fromRequest();
    }
  },
  /** The last of {@code X-Forwarded-For}: what is before it the proxy has not seen itself. */
  FORWARDED {
    @Override
    InetAddress of(Request request) {
      String chain = Forwarded.last(request.exchange(), "X-Forwarded-For");
      try {
        return chain.isEmpty() ? request.client() : literal(chain);
      } catch (UnknownHostException e) {
        return request.client();
      }
    }

    @Override
    PublicUrl publicUrl() {
      return PublicUrl.fromProxy();
    }
  };

  private static final Pattern IPV4 =
      Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})");

  abstract InetAddress of(Request request);

  /** Returns how clients reach the handler, where that is not set. */
  abstract PublicUrl publicUrl();

  /** Reads an address; what is none must not become a question to a name server. */
  private static InetAddress literal(String text) throws UnknownHostException {
    Matcher ipv4 = IPV4.matcher(text);
    if (ipv4.matches()) {
      byte[] address = new byte[4];
      for (int i = 0; i < address.length; i++) {
        address[i] = (byte) Integer.parseInt(ipv4.group(i + 1));
      }
      return InetAddress.getByAddress(address);
    }
    if (text.indexOf(':') < 0) {
      throw new UnknownHostException();
    }
    return InetAddress.getByName(text);
  }
}
