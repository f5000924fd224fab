package dev.rollcall.http.server.response;

import dev.rollcall.Service;
import dev.rollcall.discovery.Query;
import dev.rollcall.discovery.SetVersion;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The services that a query asks for, and the answers that show them. Nothing is encoded before it
 * is asked for, and then only once.
 *
 * <p>Safe for use by any number of threads.
 */
public final class ListPage {
  private static final int OK = 200;
  private static final int NOT_MODIFIED = 304;
  private static final String JSON = "application/json";

  private final Map<String, String> headers;
  private final EntityTag tag;
  private final EncodedOnce plain;
  private final EncodedOnce compressed;

  private ListPage(
      ListForm form,
      List<Service> services,
      SetVersion version,
      Optional<String> next,
      ResponseJson json) {
    this.tag = EntityTag.of(version, next.isPresent());
    this.headers =
        Map.of(
            "ETag", tag.toString(),
            "Vary", "Accept-Encoding",
            // A cache may keep it, and asks each time whether it is still so.
            "Cache-Control", "no-cache");
    this.plain = new EncodedOnce(() -> json.list(form, services, next, ContentCoding.IDENTITY));
    this.compressed = new EncodedOnce(() -> json.list(form, services, next, ContentCoding.GZIP));
  }

  static ListPage of(
      ListForm form,
      List<Service> services,
      Query query,
      ResponseJson json,
      LastVersion lastVersion) {
    if (query.isAll()) {
      return new ListPage(form, services, lastVersion.of(services), Optional.empty(), json);
    }
    List<Service> selected = query.select(services);
    Optional<String> next = next(services, query, selected);
    return new ListPage(form, selected, SetVersion.of(selected), next, json);
  }

  /** Returns the last id of a page after which more follow. */
  private static Optional<String> next(
      List<Service> services, Query query, List<Service> selected) {
    if (query.limit().isEmpty() || selected.size() < query.limit().getAsInt()) {
      return Optional.empty();
    }
    String last = selected.get(selected.size() - 1).id();
    Query rest = query.after(last);
    return services.stream().anyMatch(rest::matches) ? Optional.of(last) : Optional.empty();
  }

  /** Returns whether a client that has answers with some tags has this. */
  public boolean isKnownBy(List<String> ifNoneMatch) {
    return tag.isIn(ifNoneMatch);
  }

  /** Returns the answer to a client that has this. */
  public Response notModified() {
    return new Response(NOT_MODIFIED, JSON, ResponseBody.EMPTY, headers, "");
  }

  /**
   * Returns the answer, whose body the caller holds.
   *
   * @param coding what the client accepts
   */
  public Response answer(ContentCoding coding) {
    Encoded encoded = (coding == ContentCoding.GZIP ? compressed : plain).get();
    Map<String, String> all = new HashMap<>(headers);
    if (encoded.coding() == ContentCoding.GZIP) {
      all.put("Content-Encoding", "gzip");
    }
    Response answer = new Response(OK, JSON, encoded.body(), all, "");
    encoded.body().hold(); // Last: nothing can fail any more that would keep it for ever.
    return answer;
  }

  void release() {
    plain.release();
    compressed.release();
  }

  /** A body, and how it is in fact encoded. */
  public record Encoded(ResponseBody body, ContentCoding coding) {}

  /**
   * What is encoded when it is first asked for. Where there is no room for it, nobody else tries.
   */
  private static final class EncodedOnce {
    private final Source source;
    private final ReentrantLock making = new ReentrantLock();
    private @Nullable Encoded made;
    private @Nullable RuntimeException failure;

    @FunctionalInterface
    interface Source {
      Encoded encode();
    }

    EncodedOnce(Source source) {
      this.source = source;
    }

    Encoded get() {
      making.lock();
      try {
        if (failure != null) {
          throw failure;
        }
        if (made == null) {
          made = source.encode();
        }
        return made;
      } catch (RuntimeException e) {
        failure = e;
        throw e;
      } finally {
        making.unlock();
      }
    }

    void release() {
      making.lock();
      try {
        if (made != null) {
          made.body().release();
        }
      } finally {
        making.unlock();
      }
    }
  }
}
