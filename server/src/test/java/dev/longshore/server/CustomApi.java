package dev.longshore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.Json;
import dev.longshore.base.Yaml;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// An API server to which kinds can be given.
final class CustomApi implements AutoCloseable {

    static final String DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    final WholeApi api;

    CustomApi() {
        this(new WholeApi(""));
    }

    /// Gives kinds to `api`.
    CustomApi(WholeApi api) {
        this.api = api;
    }

    /// A definition of `plural` in the group `example.com`, whose versions (YAML, a list) are given.
    static String definition(String plural, String kind, String versions) {
        return """
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: %s.example.com}
                spec:
                  group: example.com
                  scope: Namespaced
                  names: {plural: %s, kind: %s}
                  versions:
                %s""".formatted(plural, plural, kind, versions.indent(2));
    }

    /// One version, `v1`, served and stored, with a schema of `properties` (YAML).
    static String only(String properties) {
        return version("v1", true, properties);
    }

    /// A served version with a schema of `properties`.
    static String version(String name, boolean isStored, String properties) {
        return """
                - name: %s
                  served: true
                  storage: %s
                  schema:
                    openAPIV3Schema:
                      type: object
                      properties:
                %s""".formatted(name, isStored, properties.indent(8));
    }

    /// Stores a definition and waits until it is served.
    void define(String yaml) {
        RealApi.Answer answer = api.send("POST", DEFINITIONS, yaml, "Content-Type", "application/yaml");
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        awaitCondition(answer.json().path("metadata").path("name").asString(), "Established", "True");
    }

    void awaitCondition(String name, String type, String status) {
        await().atMost(PATIENCE)
                .until(() -> status.equals(condition(name, type).path("status").asString("")));
    }

    JsonNode condition(String name, String type) {
        for (JsonNode condition :
                api.get(DEFINITIONS + "/" + name).json().path("status").path("conditions")) {
            if (condition.path("type").asString("").equals(type)) {
                return condition;
            }
        }
        return Json.object();
    }

    /// Changes a definition by a merge patch (YAML) and waits until `isSeen`.
    void change(String name, String yaml, java.util.function.BooleanSupplier isSeen) {
        RealApi.Answer answer = api.send(
                "PATCH",
                DEFINITIONS + "/" + name,
                Yaml.parse(yaml).toString(),
                "Content-Type",
                "application/merge-patch+json");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        await().atMost(PATIENCE).until(isSeen::getAsBoolean);
    }

    static String path(String version, String plural) {
        return "/apis/example.com/" + version + "/namespaces/default/" + plural;
    }

    /// Sends an object of `kind` (YAML, without its head) to `plural`.
    RealApi.Answer create(String plural, String kind, String name, String rest, String query) {
        ObjectNode object = Json.object().put("apiVersion", "example.com/v1").put("kind", kind);
        object.putObject("metadata").put("name", name);
        ((ObjectNode) Yaml.parse(rest)).properties().forEach(field -> object.set(field.getKey(), field.getValue()));
        return api.send("POST", path("v1", plural) + query, object.toString());
    }

    @Override
    public void close() {
        api.close();
    }
}
