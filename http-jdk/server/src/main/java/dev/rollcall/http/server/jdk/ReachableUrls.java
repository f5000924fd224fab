package dev.rollcall.http.server.jdk;

import dev.rollcall.http.server.address.PublicUrl;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** The URLs at which clients can reach a server that listens at an address. */
final class ReachableUrls {
  /** A host of containers may have hundreds of addresses, of which nobody reads. */
  private static final int MAX = 8;

  private ReachableUrls() {}

  /** Returns the URL for clients on this host. */
  static URI local(String scheme, InetSocketAddress listening, String basePath) {
    return URI.create(scheme + "://" + PublicUrl.hostOf(listening) + basePath);
  }

  /**
   * Returns the address that it listens at, or if that stands for all of this host: the loopback's,
   * then those of its interfaces.
   */
  static List<URI> of(String scheme, InetSocketAddress listening, String basePath) {
    List<URI> urls = new ArrayList<>();
    urls.add(local(scheme, listening, basePath));
    if (listening.getAddress().isAnyLocalAddress()) {
      for (InetAddress address : addressesOfThisHost()) {
        urls.add(local(scheme, new InetSocketAddress(address, listening.getPort()), basePath));
      }
    }
    return urls.stream().distinct().limit(MAX).toList();
  }

  /** Returns those that others may use: a link-local one means nothing without its interface. */
  private static List<InetAddress> addressesOfThisHost() {
    try {
      return NetworkInterface.networkInterfaces()
          .filter(ReachableUrls::isUp)
          .flatMap(NetworkInterface::inetAddresses)
          .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
          .toList();
    } catch (SocketException e) {
      return List.of(); // A sandbox may not let a process see them; it serves all the same.
    }
  }

  private static boolean isUp(NetworkInterface networkInterface) {
    try {
      return networkInterface.isUp();
    } catch (SocketException e) {
      return false;
    }
  }
}
