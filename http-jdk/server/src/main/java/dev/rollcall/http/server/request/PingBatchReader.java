package dev.rollcall.http.server.request;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.rollcall.Fence;
import dev.rollcall.ServiceId;
import dev.rollcall.http.server.problem.Problem;
import dev.rollcall.http.server.problem.Problem.Fault;
import dev.rollcall.http.server.problem.ProblemException;
import dev.rollcall.http.wire.Json;
import dev.rollcall.spi.LeasePing;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of a request that pings several services. What is wrong with it is told all at
 * once, for the first 20 faults.
 */
public final class PingBatchReader {
  private static final int MAX_PINGS = 1_000;
  private static final int MAX_FAULTS = 20;

  /** Far more than any id or lease id has. */
  private static final int MAX_TEXT_LENGTH = 1_000;

  private static final JsonFactory FACTORY =
      Json.FACTORY
          .rebuild()
          .recyclerPool(Json.BUFFERS) // rebuild() does not copy it
          .streamReadConstraints(
              Json.FACTORY
                  .streamReadConstraints()
                  .rebuild()
                  .maxStringLength(MAX_TEXT_LENGTH)
                  .build())
          .build();

  // What they take of a heap with compressed references: a ping until it is answered, and a name in
  // the parser's set of an object's names.
  private static final int PING = 800;
  private static final int FIELD = 200;
  private static final int BYTES_PER_CHAR = 2;

  /** Room is taken at this many bytes at a time. */
  private static final int STEP = 8 << 10;

  private static final String LEASES = "/leases";
  private static final String REQUIRED = "is required";

  private final JsonParser json;
  private final RequestBody body;
  private final List<LeasePing> pings = new ArrayList<>();
  private final List<Fault> faults = new ArrayList<>();
  private long untaken;

  private PingBatchReader(JsonParser json, RequestBody body) {
    this.json = json;
    this.body = body;
  }

  /**
   * Reads the pings.
   *
   * @return 1 to 1,000 pings, whose ids are valid
   * @throws ProblemException if the body is something else
   */
  public static List<LeasePing> read(RequestBody body) {
    return JsonBody.read(
        FACTORY,
        body,
        "it is a JSON object with the leases to ping",
        json -> new PingBatchReader(json, body).readAll());
  }

  private List<LeasePing> readAll() throws IOException {
    if (json.currentToken() == JsonToken.START_OBJECT) {
      readBatch();
    } else {
      reject("", "must be an object");
      skip();
    }
    body.take(untaken);
    if (!faults.isEmpty()) {
      throw invalid();
    }
    return pings;
  }

  private void readBatch() throws IOException {
    boolean hasLeases = false;
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      if (name.equals("leases")) {
        hasLeases = true;
        json.nextToken();
        readLeases();
      } else {
        skipField(name);
      }
    }
    if (!hasLeases) {
      reject(LEASES, REQUIRED);
    }
  }

  private void readLeases() throws IOException {
    JsonToken first = json.currentToken();
    if (first != JsonToken.START_ARRAY) {
      reject(LEASES, first == JsonToken.VALUE_NULL ? REQUIRED : "must be an array");
      skip();
      return;
    }
    int count = 0;
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (count == MAX_PINGS) {
        reject(LEASES, "has more than 1,000 elements");
        throw invalid();
      }
      readLease(LEASES + "/" + count);
      count++;
    }
    if (count == 0) {
      reject(LEASES, "must have at least one element");
    }
  }

  private void readLease(String pointer) throws IOException {
    take(PING);
    if (json.currentToken() != JsonToken.START_OBJECT) {
      reject(pointer, "must be an object");
      skip();
      return;
    }
    boolean hasId = false;
    String id = null;
    Fence fence = Fence.none();
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      switch (name) {
        case "id" -> {
          hasId = json.nextToken() != JsonToken.VALUE_NULL;
          id = hasId ? readId(pointer + "/id") : null;
        }
        case "lease_id" -> {
          boolean hasLeaseId = json.nextToken() != JsonToken.VALUE_NULL;
          String leaseId = hasLeaseId ? readText(pointer + "/lease_id") : null;
          fence = leaseId == null ? Fence.none() : Fence.of(leaseId);
        }
        default -> skipField(name);
      }
    }
    if (!hasId) {
      reject(pointer + "/id", REQUIRED);
    } else if (id != null) {
      pings.add(new LeasePing(id, fence));
    }
  }

  private @Nullable String readId(String pointer) throws IOException {
    String text = readText(pointer);
    try {
      return text == null ? null : ServiceId.check(text);
    } catch (IllegalArgumentException e) {
      reject(pointer, e.getMessage());
      return null;
    }
  }

  private @Nullable String readText(String pointer) throws IOException {
    if (json.currentToken() != JsonToken.VALUE_STRING) {
      reject(pointer, "must be a string");
      skip();
      return null;
    }
    try {
      String text = json.getText();
      take(BYTES_PER_CHAR * text.length());
      return text;
    } catch (StreamConstraintsException e) {
      reject(pointer, "is longer than 1,000 characters");
      throw invalid();
    }
  }

  private void skipField(String name) throws IOException {
    take(FIELD + BYTES_PER_CHAR * name.length());
    json.nextToken();
    skip();
  }

  /** Skips the rest of the value whose first token is the current one. */
  private void skip() throws IOException {
    int depth = 0;
    for (JsonToken token = json.currentToken(); ; token = json.nextToken()) {
      if (token == JsonToken.FIELD_NAME) {
        take(FIELD + BYTES_PER_CHAR * json.currentName().length());
      } else if (token.isStructStart()) {
        depth++;
      } else if (token.isStructEnd()) {
        depth--;
      }
      if (depth == 0) {
        return;
      }
    }
  }

  private void take(int bytes) {
    untaken += bytes;
    if (untaken >= STEP) {
      body.take(untaken);
      untaken = 0;
    }
  }

  private void reject(String pointer, String detail) {
    faults.add(Fault.ofField(pointer, detail));
    if (faults.size() == MAX_FAULTS) {
      throw invalid();
    }
  }

  private ProblemException invalid() {
    return new ProblemException(Problem.invalidBatch(faults));
  }
}
