package dev.rollcall.app.commands;

import dev.rollcall.Service;
import dev.rollcall.discovery.Change;
import dev.rollcall.http.wire.Timestamps;
import dev.rollcall.http.wire.UntrustedText;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Shows services to people: as a table, and each change as a line. */
final class TextOutput implements ServicesOutput {
  private static final List<String> HEAD = List.of("ID", "NAME", "URL", "LAST PING", "EXPIRES IN");
  private static final String GAP = "  ";

  /** So long is the longest name of a change. */
  private static final int CHANGE_WIDTH = Change.Type.DEREGISTERED.name().length();

  /** Up to so many seconds or minutes, a time is in that unit. */
  private static final int MAX_OF_UNIT = 120;

  private final PrintWriter out;

  TextOutput(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void list(List<Service> services, Instant now) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(HEAD);
    for (Service service : services) {
      rows.add(
          List.of(
              UntrustedText.escaped(service.id()),
              UntrustedText.escaped(service.name()),
              UntrustedText.escaped(service.url()),
              shown(Duration.between(service.lastPingAt(), now)) + " ago",
              shown(Duration.between(now, service.expiresAt()))));
    }
    int[] widths = new int[HEAD.size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    for (List<String> row : rows) {
      var line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        line.append(i == 0 ? "" : GAP).append(padded(row.get(i), widths[i]));
      }
      out.println(line.toString().stripTrailing());
    }
  }

  /**
   * Returns a time as people say it. A clock that differs from the registry's makes none of less
   * than 0.
   */
  private static String shown(Duration time) {
    long seconds = Math.max(0, time.toSeconds());
    if (seconds <= MAX_OF_UNIT) {
      return seconds + "s";
    }
    long minutes = seconds / 60;
    return minutes <= MAX_OF_UNIT ? minutes + "m" : minutes / 60 + "h";
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }

  @Override
  public void change(Change change) {
    Service service = change.service();
    out.println(
        Timestamps.format(change.at())
            + GAP
            + padded(change.type().name().toLowerCase(Locale.ROOT), CHANGE_WIDTH)
            + GAP
            + UntrustedText.escaped(service.id())
            + GAP
            + UntrustedText.escaped(service.name())
            + GAP
            + UntrustedText.escaped(service.url()));
  }

  @Override
  public void stale(Optional<Instant> since) {
    out.println(
        since
            .map(then -> "The registry has not answered since " + Timestamps.format(then) + ".")
            .orElse("The registry answers again."));
  }
}
