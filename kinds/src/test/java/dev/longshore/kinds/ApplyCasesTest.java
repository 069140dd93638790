package dev.longshore.kinds;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Json;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.ManagedFields;
import dev.longshore.model.Reach;
import dev.longshore.model.Resource;
import dev.longshore.model.Schema;
import dev.longshore.model.Schemas;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Applies and updates of real kinds, with what the reference implementation makes of them: `apply-cases.jsonl`
/// was written by its field manager, from random objects. Each case is a row of writes to one object; after each
/// of them the object, its owners and the refusal must be the same.
class ApplyCasesTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Schemas SCHEMAS = new Flesh(new KindSchemas());
    private static final ManagedFields FIELDS = new ManagedFields(SCHEMAS);

    /// Trees, of which nothing is there until it is written: so the cases were made.
    private record Flesh(Schemas schemas) implements Schemas {
        @Override
        public Set<String> names() {
            return schemas.names();
        }

        @Override
        public Optional<Schema> find(String name) {
            return schemas.find(name);
        }
    }

    static Stream<String> cases() throws IOException {
        try (var stream = ApplyCasesTest.class.getResourceAsStream("apply-cases.jsonl")) {
            return new String(stream.readAllBytes(), UTF_8).lines().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyWriteComesOutAsInTheReferenceImplementation(String line) {
        JsonNode test = Json.parse(line);
        String apiVersion = test.path("version").asString();
        var kind = GroupVersionKind.of(apiVersion, test.path("kind").asString());
        Schema schema = Schema.reference(definition(kind));
        var place = new ManagedFields.Place(schema, Reach.ALL, ManagedFields.Versions.ONE);
        Resource live = new Resource(Json.object().put("apiVersion", apiVersion).put("kind", kind.kind()));
        for (JsonNode step : test.path("steps")) {
            var manager = new ManagedFields.Manager(
                    step.path("manager").asString(),
                    apiVersion,
                    test.path("subresource").asString(""));
            var object = new Resource((ObjectNode) step.path("object").deepCopy());
            String error = "";
            List<String> causes = List.of();
            try {
                if (step.path("op").asString().equals("apply")) {
                    boolean force = step.path("force").asBoolean();
                    live = FIELDS.apply(live, object, manager, force, place, NOW);
                } else {
                    FIELDS.update(live, object, manager, place, NOW);
                    live = object;
                }
            } catch (FaultException refused) {
                error = refused.fault().message();
                causes = causes(refused.fault());
            }
            assertThat(error).isEqualTo(step.path("error").asString(""));
            assertThat(causes)
                    .containsExactlyInAnyOrderElementsOf(step.path("causes")
                            .valueStream()
                            .map(JsonNode::asString)
                            .toList());
            assertThat(plain(live)).isEqualTo(step.path("live"));
        }
    }

    private static List<String> causes(Fault fault) {
        return fault instanceof Fault.ApplyConflict(var list)
                ? list.stream()
                        .map(cause -> cause.message() + "|" + cause.field())
                        .toList()
                : List.of();
    }

    private static JsonNode plain(Resource object) {
        Resource copy = Resource.parse(object.bytes());
        for (JsonNode entry : copy.at("metadata", "managedFields")) {
            if (entry.has("time")) {
                ((ObjectNode) entry).put("time", "T");
            }
        }
        if (copy.at("metadata").isEmpty()) {
            copy.tree().remove("metadata");
        }
        return copy.tree();
    }

    private static String definition(GroupVersionKind kind) {
        String group = kind.group().isEmpty() ? "core" : kind.group().split("\\.")[0];
        return "io.k8s.api." + group + "." + kind.version() + "." + kind.kind();
    }
}
