package dev.rollcall.http.client.transport;

import okhttp3.MediaType;
import okhttp3.ResponseBody;
import okio.BufferedSource;
import okio.Okio;
import okio.Source;
import org.jspecify.annotations.Nullable;

/** The body of a response, read through a source that sees how the reading goes. */
public final class ObservedBody extends ResponseBody {
  private final ResponseBody body;
  private final BufferedSource source;

  /**
   * Creates a body like another.
   *
   * @param source reads that body
   */
  public ObservedBody(ResponseBody body, Source source) {
    this.body = body;
    this.source = Okio.buffer(source);
  }

  @Override
  public @Nullable MediaType contentType() {
    return body.contentType();
  }

  @Override
  public long contentLength() {
    return body.contentLength();
  }

  @Override
  public BufferedSource source() {
    return source;
  }
}
