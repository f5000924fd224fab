package dev.rollcall.http.client;

/**
 * One call of a registry, as its errors name it.
 *
 * @param operation what is asked for
 * @param id the id of the service, empty if there is none (yet)
 * @param endpoints of which registry
 */
record CallDescription(Operation operation, String id, Endpoints endpoints) {
  @Override
  public String toString() {
    String object = id.isEmpty() ? "" : " '" + id + "'";
    return operation + object + " at " + endpoints;
  }
}
