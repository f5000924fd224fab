package dev.rollcall.http.server.response;

import dev.rollcall.discovery.SetVersion;
import java.util.List;

/**
 * Says whether an answer shows the same services as another (RFC 9110, section 8.8.3). It is weak:
 * the times of their leases may differ.
 */
public final class EntityTag {
  /** What marks a page after which more follow. No version holds it. */
  private static final String AND_MORE = "-more";

  private final String opaque;

  private EntityTag(String opaque) {
    this.opaque = opaque;
  }

  /**
   * Returns the tag of an answer.
   *
   * @param version of the services that it shows
   * @param isContinued whether more follow on the next page
   */
  public static EntityTag of(SetVersion version, boolean isContinued) {
    return new EntityTag('"' + version.toString() + (isContinued ? AND_MORE : "") + '"');
  }

  /**
   * Returns whether this is among the tags of {@code If-None-Match}, or any will do ({@code *}).
   *
   * @param ifNoneMatch the values of the header, each a list of tags
   */
  public boolean isIn(List<String> ifNoneMatch) {
    for (String tags : ifNoneMatch) {
      // No tag holds a quotation mark, so what is found with both of its own is a whole tag. A W/
      // before it makes no difference to a weak comparison.
      if (tags.contains(opaque) || tags.strip().equals("*")) {
        return true;
      }
    }
    return false;
  }

  /** Returns it as the header {@code ETag} has it. */
  @Override
  public String toString() {
    return "W/" + opaque;
  }
}
