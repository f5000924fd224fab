package dev.rollcall.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.rollcall.http.server.harness.RawHttp.Answer;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** An OpenAPI document, as a promise that answers are held against. */
final class ApiDocument {
  private static final String DIALECTS = "https://spec.openapis.org/";
  private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch");

  private final SchemaRegistry schemas =
      SchemaRegistry.withDefaultDialect(
          SpecificationVersion.DRAFT_2020_12,
          settings ->
              settings.schemaIdResolvers(
                  ids -> ids.mapPrefix(DIALECTS, "classpath:spec.openapis.org/")));
  private final JsonNode document;

  ApiDocument(JsonNode document) {
    this.document = document;
  }

  /** Holds the document against the schema that OpenAPI's makers publish. */
  void assertIsOpenApi() {
    String official = "{\"$ref\":\"" + DIALECTS + "oas/3.1/schema-base/2022-10-07\"}";
    assertThat(schemas.getSchema(official).validate(document)).isEmpty();
  }

  Set<String> paths() {
    var paths = new TreeSet<String>();
    document.path("paths").fieldNames().forEachRemaining(paths::add);
    return paths;
  }

  Set<String> methodsOf(String path) {
    var methods = new TreeSet<String>();
    document
        .path("paths")
        .path(path)
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (METHODS.contains(name)) {
                methods.add(name.toUpperCase(Locale.ROOT));
              }
            });
    return methods;
  }

  /** Holds an answer against what the document says of it: no other status, no other field. */
  void assertPromises(String method, String path, Answer answer) {
    String what = method + " " + path + " " + answer.status() + " " + answer.text();
    JsonNode response =
        resolved(
            document
                .path("paths")
                .path(path)
                .path(method.toLowerCase(Locale.ROOT))
                .path("responses")
                .path(Integer.toString(answer.status())));
    assertThat(response.isObject()).as(what).isTrue();
    String type = answer.header("Content-Type").split(";", 2)[0];
    JsonNode content = response.path("content").path(type);
    assertThat(content.isObject()).as(what + " as " + type).isTrue();
    if (type.endsWith("json")) {
      assertThat(schemas.getSchema(strict(content.path("schema"))).validate(answer.json()))
          .as(what)
          .isEmpty();
    }
    response
        .path("headers")
        .fieldNames()
        .forEachRemaining(name -> assertThat(answer.headers()).as(what).containsKey(name));
  }

  private JsonNode resolved(JsonNode node) {
    return node.has("$ref") ? document.at(node.path("$ref").textValue().substring(1)) : node;
  }

  /** Returns a schema with the components that it refers to, none of which may have more fields. */
  private JsonNode strict(JsonNode schema) {
    ObjectNode whole = schema.deepCopy();
    ObjectNode components = document.path("components").deepCopy();
    components
        .path("schemas")
        .forEach(
            component -> {
              if (component.has("properties") && !component.has("additionalProperties")) {
                ((ObjectNode) component)
                    .set("additionalProperties", JsonNodeFactory.instance.booleanNode(false));
              }
            });
    whole.set("components", components);
    return whole;
  }
}
