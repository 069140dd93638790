package dev.longshore.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Json;
import dev.longshore.base.Yaml;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.Table;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Columns and cells of every kind, against `tables.yaml`.
class TablesTest {

    private static final Instant NOW = Instant.parse("2026-01-01T03:00:00Z");
    private static final String MADE = "2026-01-01T00:00:00Z";
    /// Reviews and what else is only sent; kinds of which no table is known.
    private static final Set<String> WITHOUT = Set.of("Workload", "PodGroup", "ResourcePoolStatusRequest", "Binding");

    private final List<ResourceDefinition> kinds = new Cluster().kinds;
    private final List<JsonNode> expectations = read();

    @TestFactory
    List<DynamicTest> everyKindIsShownAsKubernetesShowsIt() {
        var tests = new ArrayList<DynamicTest>();
        for (JsonNode expected : expectations) {
            for (ResourceDefinition definition : about(expected)) {
                tests.add(DynamicTest.dynamicTest(definition.kind().toString(), () -> check(definition, expected)));
            }
        }
        return tests;
    }

    @Test
    void noKindIsForgotten() {
        var seen = new HashSet<ResourceDefinition>();
        expectations.forEach(expected -> seen.addAll(about(expected)));

        assertThat(kinds.stream()
                        .filter(kind -> !seen.contains(kind) && kind.verbs().contains("get"))
                        .map(kind -> kind.kind().kind())
                        .filter(kind -> !WITHOUT.contains(kind)))
                .isEmpty();
    }

    @Test
    void flowSchemasStandInTheOrderInWhichTheyAreAsked() {
        Table table = kinds.stream()
                .filter(kind -> kind.kind().kind().equals("FlowSchema"))
                .findFirst()
                .orElseThrow()
                .table();
        List<Resource> schemas = List.of(schema("c", 200), schema("b", 100), schema("a", 200));

        assertThat(table.ordered(schemas)).extracting(Resource::name).containsExactly("b", "a", "c");
    }

    private static Resource schema(String name, int precedence) {
        ObjectNode schema = Json.object();
        schema.putObject("metadata").put("name", name);
        schema.putObject("spec").put("matchingPrecedence", precedence);
        return new Resource(schema);
    }

    private static void check(ResourceDefinition definition, JsonNode expected) {
        assertThat(definition.table().columns().stream().map(TablesTest::shown))
                .containsExactlyElementsOf(strings(expected.path("columns")));
        for (JsonNode row : expected.path("rows")) {
            var object = new Resource((ObjectNode) row.path("object").deepCopy());
            object.tree()
                    .put("apiVersion", definition.kind().apiVersion())
                    .put("kind", definition.kind().kind());
            object.metadata().put("creationTimestamp", MADE);

            assertThat(Json.mapper().<JsonNode>valueToTree(definition.table().cells(object, NOW)))
                    .hasToString(row.path("cells").toString());
            assertThat(definition.table().conditions(object).stream()
                            .map(it -> List.of(it.type(), it.reason(), it.message())))
                    .containsExactlyElementsOf(row.path("conditions")
                            .valueStream()
                            .map(it -> List.of(
                                    it.path("type").asString(),
                                    it.path("reason").asString(),
                                    it.path("message").asString()))
                            .toList());
        }
    }

    private static String shown(Table.Column column) {
        String priority = column.priority() == 0 ? "" : ":" + column.priority();
        String format = column.format().isEmpty() && priority.isEmpty() ? "" : ":" + column.format();
        return column.name() + ":" + column.type() + format + priority;
    }

    /// The definitions that an entry is about: all versions of its kinds, or some.
    private List<ResourceDefinition> about(JsonNode expected) {
        Set<String> versions = Set.copyOf(strings(expected.path("versions")));
        Set<String> names = strings(expected.path("kinds")).stream()
                .map(name -> name.replaceFirst("/?v[0-9a-z]+/(?=[A-Z])", "/"))
                .collect(Collectors.toSet());
        return kinds.stream()
                .filter(kind ->
                        names.contains(kind.kind().group() + "/" + kind.kind().kind()))
                .filter(kind ->
                        versions.isEmpty() || versions.contains(kind.kind().version()))
                .toList();
    }

    private static List<String> strings(JsonNode list) {
        return list.valueStream().map(JsonNode::asString).toList();
    }

    private static List<JsonNode> read() {
        try (var stream = TablesTest.class.getResourceAsStream("tables.yaml")) {
            return Yaml.parseAll(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException broken) {
            throw new AssertionError(broken);
        }
    }
}
