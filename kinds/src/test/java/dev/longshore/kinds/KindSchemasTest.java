package dev.longshore.kinds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.longshore.base.Json;
import dev.longshore.model.Schema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class KindSchemasTest {

    private final KindSchemas schemas = new KindSchemas();

    @Test
    void everyReferenceLeadsToADefinition() {
        assertThat(schemas.names()).hasSizeGreaterThan(700);
        assertThat(schemas.names())
                .allSatisfy(name -> references(schemas.find(name).orElseThrow())
                        .forEach(target -> assertThat(schemas.find(target))
                                .as("%s -> %s", name, target)
                                .isPresent()));
    }

    @Test
    void aContainerListMergesByName() {
        Schema containers = schemas.find("io.k8s.api.core.v1.PodSpec")
                .orElseThrow()
                .properties()
                .get("containers");

        assertThat(containers.listType()).isEqualTo("map");
        assertThat(containers.listMapKeys()).containsExactly("name");
        assertThat(containers.patchStrategy()).isEqualTo("merge");
        assertThat(containers.items().orElseThrow().reference()).hasValue("io.k8s.api.core.v1.Container");
    }

    @Test
    void someFieldsTakeOneOfSomeValues() {
        assertThat(schemas.choices("io.k8s.api.core.v1.Container"))
                .containsEntry("imagePullPolicy", List.of("Always", "IfNotPresent", "Never"));
        assertThat(schemas.choices("io.k8s.api.core.v1.HostPathVolumeSource").get("type"))
                .startsWith("", "BlockDevice");
        assertThat(schemas.choices("none")).isEmpty();
    }

    @Test
    void unknownNamesAreNotFound() {
        assertThat(schemas.find("io.k8s.api.core.v1.Pot")).isEmpty();
        assertThat(schemas.find("Pod")).isEmpty();
    }

    /// The official OpenAPI document, when the machine has one, is the judge of fields, types and merging.
    @Test
    void agreesWithTheOfficialDocument() throws IOException {
        String document = System.getenv("LONGSHORE_OPENAPI");
        assumeTrue(document != null, "LONGSHORE_OPENAPI names no document");
        JsonNode definitions = Json.parse(Files.readAllBytes(Path.of(document))).path("definitions");
        var differences = new ArrayList<String>();
        definitions
                .properties()
                .forEach(entry -> schemas.find(entry.getKey())
                        .ifPresentOrElse(
                                schema -> compare(entry.getKey(), schema, entry.getValue(), differences),
                                () -> differences.add("missing " + entry.getKey())));

        assertThat(differences).isEmpty();
        assertThat(schemas.names()).hasSize(definitions.size());
    }

    private static void compare(String path, Schema mine, JsonNode theirs, List<String> differences) {
        String format = mine.format().equals("quantity") ? "" : mine.format();
        check(path, "type", mine.type(), theirs.path("type").asString(""), differences);
        check(path, "format", format, theirs.path("format").asString(""), differences);
        check(
                path,
                "list",
                mine.listType(),
                theirs.path("x-kubernetes-list-type").asString(""),
                differences);
        check(path, "map", mine.mapType(), theirs.path("x-kubernetes-map-type").asString(""), differences);
        check(
                path,
                "patch",
                mine.patchStrategy(),
                theirs.path("x-kubernetes-patch-strategy").asString(""),
                differences);
        check(
                path,
                "key",
                mine.patchMergeKey(),
                theirs.path("x-kubernetes-patch-merge-key").asString(""),
                differences);
        check(path, "keys", mine.listMapKeys(), texts(theirs.path("x-kubernetes-list-map-keys")), differences);
        check(
                path,
                "required",
                mine.required(),
                texts(theirs.path("required")).stream().sorted().toList(),
                differences);
        String reference = theirs.path("$ref").asString("").replace("#/definitions/", "");
        check(path, "reference", mine.reference().orElse(""), reference, differences);
        if (theirs.has("description") && !theirs.path("properties").isEmpty()) {
            check(path, "described", mine.description().isEmpty(), false, differences);
        }
        var fields = new java.util.TreeSet<String>();
        theirs.path("properties").propertyNames().forEach(fields::add);
        check(path, "fields", mine.properties().keySet(), fields, differences);
        mine.properties().forEach((name, schema) -> {
            JsonNode other = theirs.path("properties").path(name);
            compare(path + "." + name, schema, other, differences);
            if (schema.reference().isEmpty()) {
                // The library describes referring fields by the definition that they refer to.
                check(
                        path + "." + name,
                        "described",
                        schema.description().isEmpty(),
                        !other.has("description"),
                        differences);
            }
        });
        mine.items().ifPresent(items -> compare(path + "[]", items, theirs.path("items"), differences));
        mine.additional()
                .ifPresent(values -> compare(path + "{}", values, theirs.path("additionalProperties"), differences));
    }

    private static void check(String path, String what, Object mine, Object theirs, List<String> differences) {
        if (!mine.equals(theirs)) {
            differences.add(path + " " + what + ": " + mine + " is not " + theirs);
        }
    }

    private static List<String> texts(JsonNode list) {
        return list.valueStream().map(JsonNode::asString).toList();
    }

    private static List<String> references(Schema schema) {
        var found = new ArrayList<String>();
        schema.reference().ifPresent(found::add);
        schema.properties().values().forEach(property -> found.addAll(references(property)));
        schema.items().ifPresent(items -> found.addAll(references(items)));
        schema.additional().ifPresent(values -> found.addAll(references(values)));
        return found;
    }
}
