package dev.longshore.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Json;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class PatchPropertiesTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final ManagedFields.Manager MINE = new ManagedFields.Manager("me", "v1", "");
    private static final ManagedFields.Manager OTHERS = new ManagedFields.Manager("other", "v1", "");

    private final StrategicMergePatch strategic = new StrategicMergePatch(new Shapes());
    private final ManagedFields owners = new ManagedFields(new Shapes());

    @Property(tries = 200)
    void aStrategicPatchAppliedTwiceIsAppliedOnce(
            @ForAll("things") ObjectNode thing, @ForAll("things") ObjectNode patch) {
        ObjectNode once = strategic.apply(thing, patch, Shapes.THING);

        assertThat(strategic.apply(once, patch, Shapes.THING)).isEqualTo(once);
    }

    @Property(tries = 200)
    void aStrategicPatchNeverLosesElementsThatItDoesNotName(
            @ForAll("things") ObjectNode thing, @ForAll("things") ObjectNode patch) {
        ObjectNode merged = strategic.apply(thing, patch, Shapes.THING);

        assertThat(names(merged)).containsAll(names(thing)).containsAll(names(patch));
        assertThat(names(merged)).doesNotHaveDuplicates();
    }

    @Property(tries = 200)
    void replacingEachFieldByJsonPatchGivesTheOtherObject(
            @ForAll("things") ObjectNode thing, @ForAll("things") ObjectNode other) {
        ArrayNode patch = Json.array();
        other.properties()
                .forEach(field -> patch.addObject()
                        .put("op", "add")
                        .put("path", "/" + field.getKey())
                        .set("value", field.getValue()));

        assertThat(JsonPatch.apply(thing, patch)).isEqualTo(other);
    }

    @Property(tries = 200)
    void whatIsAppliedStandsAndApplyingItAgainChangesNothing(
            @ForAll("things") ObjectNode first, @ForAll("things") ObjectNode second) {
        Resource live = owners.created(new Resource(first), OTHERS, Shapes.THING, NOW);
        Resource wanted = new Resource(second);

        Resource applied = owners.applied(live, wanted, MINE, true, Shapes.THING, NOW);

        assertThat(new TypedTree(new Shapes()).merge(applied.tree(), second, Shapes.THING))
                .isEqualTo(applied.tree());
        Resource again = owners.applied(applied, wanted, MINE, false, Shapes.THING, NOW.plusSeconds(5));
        assertThat(again).isEqualTo(applied);
    }

    @Property(tries = 200)
    void whoWantsNothingMoreLeavesWhatOthersWant(
            @ForAll("things") ObjectNode first, @ForAll("things") ObjectNode second) {
        Resource alone = owners.created(new Resource(first), OTHERS, Shapes.THING, NOW);
        Resource both = owners.applied(alone, new Resource(second), MINE, true, Shapes.THING, NOW);
        var nothing = new Resource(Json.object().put("apiVersion", "v1").put("kind", "Thing"));

        Resource left = owners.applied(both, nothing, MINE, true, Shapes.THING, NOW);

        var trees = new TypedTree(new Shapes());
        FieldSet before = trees.places(both.tree(), Shapes.THING);
        FieldSet after = trees.places(left.tree(), Shapes.THING);
        assertThat(left.at("metadata", "managedFields")
                        .valueStream()
                        .map(entry -> entry.path("manager").asString()))
                .doesNotContain("me");
        assertThat(after.step("f:spec").minus(before.step("f:spec")).paths()).isEmpty();
    }

    @Provide
    Arbitrary<ObjectNode> things() {
        Arbitrary<ObjectNode> containers = Combinators.combine(
                        Arbitraries.of("a", "b", "c", "d"),
                        Arbitraries.of("1", "2"),
                        Arbitraries.integers().between(1, 3))
                .as((name, image, port) -> {
                    ObjectNode container = Json.object().put("name", name).put("image", image);
                    container.putArray("ports").addObject().put("port", port);
                    return container;
                });
        Arbitrary<List<ObjectNode>> lists = containers.list().ofMaxSize(4).uniqueElements(one -> one.path("name"));
        return Combinators.combine(lists, Arbitraries.integers().between(0, 2), Arbitraries.of("x", "y"))
                .as((list, replicas, label) -> {
                    ObjectNode thing = Json.object().put("apiVersion", "v1").put("kind", "Thing");
                    ObjectNode spec = thing.putObject("spec").put("replicas", replicas);
                    spec.putObject("labels").put(label, "1");
                    list.forEach(spec.putArray("containers")::add);
                    return thing;
                });
    }

    private static List<String> names(JsonNode thing) {
        return thing.at("/spec/containers")
                .valueStream()
                .map(container -> container.path("name").asString())
                .toList();
    }
}
