package dev.longshore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.longshore.base.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The official OpenAPI document, where the machine has one (LONGSHORE_OPENAPI), is the judge of what is served
/// when every version is on. Descriptions, the server's version and the names under which shared parameters are
/// told may differ; nothing else may.
class OpenApiAgreementTest {

    private JsonNode official;
    private WholeApi api;

    @BeforeEach
    void start() throws IOException {
        String document = System.getenv("LONGSHORE_OPENAPI");
        assumeTrue(document != null, "LONGSHORE_OPENAPI names no document");
        official = Json.parse(Files.readAllBytes(Path.of(document)));
        api = new WholeApi("api/all=true");
    }

    @AfterEach
    void close() {
        if (api != null) {
            api.close();
        }
    }

    @Test
    void versionTwoIsTheOfficialDocument() {
        JsonNode mine = api.get("/openapi/v2").json();

        var differences = new Differences();
        differences.compare("", comparable(mine), comparable(official));
        assertThat(differences.print()).isEmpty();
    }

    @Test
    void versionThreeTellsTheSameOfEveryGroupVersion() {
        var paths = new TreeMap<String, JsonNode>();
        var schemas = new TreeMap<String, JsonNode>();
        JsonNode index = api.get("/openapi/v3").json().path("paths");
        index.properties().forEach(part -> {
            JsonNode document = api.get(
                            part.getValue().path("serverRelativeURL").asString())
                    .json();
            document.path("paths").properties().forEach(path -> paths.put(path.getKey(), path.getValue()));
            document.at("/components/schemas")
                    .properties()
                    .forEach(schema -> schemas.put(schema.getKey(), schema.getValue()));
        });

        var differences = new Differences();
        JsonNode theirs = comparable(official);
        ObjectNode mine = Json.object();
        paths.forEach((path, item) -> mine.set(path, comparable(VersionThree.asTwo(item, path))));
        differences.compare("paths", mine, theirs.path("paths"));
        ObjectNode definitions = Json.object();
        schemas.forEach((name, schema) -> definitions.set(name, comparable(VersionThree.asTwo(schema))));
        differences.compare("definitions", definitions, theirs.path("definitions"));
        assertThat(differences.print()).isEmpty();
    }

    /// Without descriptions, with parameters in place of references to them, and lists that mean sets sorted.
    private static JsonNode comparable(JsonNode document) {
        JsonNode copy = document.deepCopy();
        JsonNode parameters = copy.path("parameters");
        if (copy instanceof ObjectNode whole && parameters.isObject()) {
            whole.remove("parameters");
            ((ObjectNode) whole.path("info")).remove("version");
            resolve(copy, parameters);
            ArrayNode told = whole.putArray("parameters");
            parameters.forEach(told::add);
        }
        strip(copy);
        return copy;
    }

    private static void resolve(JsonNode node, JsonNode parameters) {
        if (node.path("parameters") instanceof ArrayNode list) {
            for (int i = 0; i < list.size(); i++) {
                String reference = list.get(i).path("$ref").asString("");
                if (!reference.isEmpty()) {
                    list.set(
                            i,
                            parameters
                                    .get(reference.substring("#/parameters/".length()))
                                    .deepCopy());
                }
            }
        }
        node.forEach(child -> resolve(child, parameters));
    }

    private static void strip(JsonNode node) {
        if (node instanceof ObjectNode object && object.path("description").isString()) {
            object.remove("description");
        }
        node.forEach(OpenApiAgreementTest::strip);
        for (String set : List.of("parameters", "required")) {
            if (node.path(set) instanceof ArrayNode list) {
                var sorted = new ArrayList<JsonNode>();
                list.forEach(sorted::add);
                sorted.sort(Comparator.comparing(OpenApiAgreementTest::canonical));
                list.removeAll();
                sorted.forEach(list::add);
            }
        }
    }

    private static String canonical(JsonNode node) {
        var fields = new TreeMap<String, String>();
        node.properties().forEach(entry -> fields.put(entry.getKey(), canonical(entry.getValue())));
        return fields.isEmpty() ? node.toString() : fields.toString();
    }

    /// Collects where two documents differ, like with like.
    private static final class Differences {
        private static final int SHOWN = 4;
        private static final Set<String> GROUPED = Set.of("paths", "definitions");

        private final Map<String, List<String>> groups = new TreeMap<>();

        void compare(String path, JsonNode mine, JsonNode theirs) {
            if (mine.equals(theirs)) {
                return;
            }
            if (!(mine.isObject() && theirs.isObject())) {
                add(path, mine + " is not " + theirs);
                return;
            }
            var keys = new TreeSet<String>();
            mine.propertyNames().forEach(keys::add);
            theirs.propertyNames().forEach(keys::add);
            for (String key : keys) {
                String below = path + " > " + key;
                if (!mine.has(key)) {
                    add(below, "is missing");
                } else if (!theirs.has(key)) {
                    add(below, "is too much");
                } else {
                    compare(below, mine.get(key), theirs.get(key));
                }
            }
        }

        /// Those of different paths or definitions that are about the same place in it belong together.
        private void add(String path, String what) {
            String[] steps = path.split(" > ");
            int from = steps.length > 2 && (GROUPED.contains(steps[0]) || GROUPED.contains(steps[1]))
                    ? GROUPED.contains(steps[0]) ? 2 : 3
                    : 0;
            String place = String.join(" > ", List.of(steps).subList(from, steps.length));
            String kind = what.startsWith("is ") ? what : "differs";
            groups.computeIfAbsent(place + " " + kind, unseen -> new ArrayList<>())
                    .add(path + ": " + what);
        }

        String print() {
            var text = new StringBuilder();
            groups.forEach((group, all) -> {
                text.append(group).append(" (").append(all.size()).append(")\n");
                all.stream()
                        .limit(SHOWN)
                        .forEach(each -> text.append("    ").append(each).append('\n'));
            });
            return text.toString();
        }
    }
}
