package dev.rollcall.http.client.protocol;

/**
 * Describes one call of a registry in its error messages.
 *
 * @param operation what is asked for
 * @param id the id of the service; empty if it is not known, or the call is about no single service
 * @param endpoints the registry that is asked
 */
public record CallDescription(Operation operation, String id, Endpoints endpoints) {
  @Override
  public String toString() {
    String object = id.isEmpty() ? "" : " '" + id + "'";
    return operation + object + " at " + endpoints;
  }
}
