package dev.longshore.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Json;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class PatchPropertiesTest {

    private final StrategicMergePatch strategic = new StrategicMergePatch(new Shapes());

    @Property(tries = 200)
    void theDifferenceAsMergePatchTurnsTheOneIntoTheOther(
            @ForAll("things") ObjectNode thing, @ForAll("things") ObjectNode other) {
        JsonNode patch = MergePatch.between(thing, other);

        assertThat(MergePatch.apply(thing, patch)).isEqualTo(other);
        assertThat(MergePatch.apply(other, patch)).isEqualTo(other);
    }

    @Property(tries = 200)
    void theDifferenceAsJsonPatchTurnsTheOneIntoTheOther(
            @ForAll("things") ObjectNode thing, @ForAll("things") ObjectNode other) {
        ArrayNode patch = Json.array();
        difference("", thing, other, patch);

        assertThat(JsonPatch.apply(thing, patch)).isEqualTo(other);
    }

    @Property(tries = 200)
    void movingThereAndBackAndCopyingOntoItselfChangesNothing(@ForAll("things") ObjectNode thing) {
        JsonNode patch = Json.parse("""
                [{"op":"move","from":"/spec","path":"/a~1b~0"},{"op":"test","path":"/spec","value":null},
                {"op":"move","from":"/a~1b~0","path":"/spec"},{"op":"copy","from":"/spec","path":"/spec"}]""");

        assertThat(JsonPatch.apply(thing, patch)).isEqualTo(thing);
    }

    @Property(tries = 200)
    void anEmptyStrategicPatchAndTheObjectItselfChangeNothing(@ForAll("things") ObjectNode thing) {
        assertThat(strategic.apply(thing, Json.object(), Shapes.THING)).isEqualTo(thing);
        assertThat(strategic.apply(thing, thing, Shapes.THING)).isEqualTo(thing);
    }

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
    void elementsStandInTheOrderThatThePatchAsksForAndElseInTheirOwn(
            @ForAll("things") ObjectNode thing, @ForAll("things") ObjectNode order) {
        ObjectNode patch = Json.object();
        ArrayNode wished = patch.putObject("spec").putArray("$setElementOrder/containers");
        names(order).forEach(name -> wished.addObject().put("name", name));

        List<String> after = names(strategic.apply(thing, patch, Shapes.THING));

        assertThat(after).containsExactlyInAnyOrderElementsOf(names(thing));
        assertThat(after.stream().filter(names(order)::contains).toList())
                .isEqualTo(names(order).stream().filter(after::contains).toList());
        assertThat(after.stream().filter(name -> !names(order).contains(name)).toList())
                .isEqualTo(names(thing).stream()
                        .filter(name -> !names(order).contains(name))
                        .toList());
    }

    /// Element by element from the end, so that indexes stay true.
    private static void difference(String path, JsonNode from, JsonNode to, ArrayNode patch) {
        if (from.isObject() && to.isObject()) {
            for (String name : new ArrayList<>(from.propertyNames())) {
                if (!to.has(name)) {
                    patch.addObject().put("op", "remove").put("path", path + "/" + escaped(name));
                }
            }
            for (var field : to.properties()) {
                String place = path + "/" + escaped(field.getKey());
                if (from.has(field.getKey())) {
                    difference(place, from.get(field.getKey()), field.getValue(), patch);
                } else {
                    patch.addObject().put("op", "add").put("path", place).set("value", field.getValue());
                }
            }
        } else if (from.isArray() && to.isArray()) {
            for (int i = from.size() - 1; i >= to.size(); i--) {
                patch.addObject().put("op", "remove").put("path", path + "/" + i);
            }
            for (int i = 0; i < to.size(); i++) {
                if (i < from.size()) {
                    difference(path + "/" + i, from.get(i), to.get(i), patch);
                } else {
                    patch.addObject().put("op", "add").put("path", path + "/-").set("value", to.get(i));
                }
            }
        } else if (!from.equals(to)) {
            patch.addObject().put("op", "replace").put("path", path).set("value", to);
        }
    }

    private static String escaped(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }

    @Provide
    Arbitrary<ObjectNode> things() {
        return Things.any();
    }

    private static List<String> names(JsonNode thing) {
        return Things.names(thing);
    }
}
