package dev.longshore.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Json;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class ApplyPropertiesTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant LATER = NOW.plusSeconds(5);
    private static final ManagedFields.Manager A = new ManagedFields.Manager("a", "v1", "");
    private static final ManagedFields.Manager B = new ManagedFields.Manager("b", "v1", "");
    private static final ManagedFields.Place PLACE =
            new ManagedFields.Place(Shapes.THING, Reach.ALL, ManagedFields.Versions.ONE);

    private static final TypedShape SHAPE = new TypedTree(new Shapes()).shape(Shapes.THING);

    private final ManagedFields owners = new ManagedFields(new Shapes());

    @Property(tries = 200)
    void applyingTheSameAgainChangesNothing(@ForAll("things") ObjectNode there, @ForAll("things") ObjectNode wanted) {
        Resource applied = apply(created(there), wanted, A, true);

        Resource again = owners.apply(applied, new Resource(wanted), A, false, PLACE, LATER);

        assertThat(again).isEqualTo(applied);
    }

    @Property(tries = 200)
    void whatWasSentStandsAndIsOwned(@ForAll("things") ObjectNode there, @ForAll("things") ObjectNode wanted) {
        Resource applied = apply(created(there), wanted, A, true);

        assertThat(owned(applied, "a")).isEqualTo(spec(FieldPlaces.sent(wanted, SHAPE)));
        assertThat(spec(FieldPlaces.sent(wanted, SHAPE))
                        .minus(spec(FieldPlaces.everything(applied.tree(), SHAPE)))
                        .paths())
                .isEmpty();
        assertThat(Scalars.same(FieldMerge.merge(applied.tree(), wanted, SHAPE), applied.tree()))
                .isTrue();
    }

    @Property(tries = 200)
    void theOrderOfManagersWhoDoNotConflictDoesNotCount(
            @ForAll("things") ObjectNode thing, @ForAll("things") ObjectNode other) {
        ObjectNode left = only(thing, List.of("replicas", "labels"), "a", "b");
        ObjectNode right = only(other, List.of("finalizers", "args"), "c", "d");

        Resource leftFirst = apply(apply(nothing(), left, A, false), right, B, false);
        Resource rightFirst = apply(apply(nothing(), right, B, false), left, A, false);

        assertThat(sorted(leftFirst)).isEqualTo(sorted(rightFirst));
    }

    @Property(tries = 200)
    void whoWantsNothingMoreLeavesWhatOthersWant(
            @ForAll("things") ObjectNode first, @ForAll("things") ObjectNode second) {
        Resource both = apply(apply(nothing(), first, A, false), second, B, true);
        FieldSet wanted = owned(both, "b");

        Resource left = apply(both, only(first, List.of()), A, true);

        assertThat(wanted.minus(spec(FieldPlaces.sent(left.tree(), SHAPE))).paths())
                .isEmpty();
        assertThat(owned(left, "b")).isEqualTo(wanted);
        assertThat(owned(left, "a").isEmpty()).isTrue();
        for (String name : Things.names(first)) {
            assertThat(Things.names(left.tree()).contains(name))
                    .isEqualTo(Things.names(second).contains(name));
        }
    }

    @Property(tries = 200)
    void nobodyOwnsWhatIsNotThere(
            @ForAll("things") ObjectNode first,
            @ForAll("things") ObjectNode second,
            @ForAll("things") ObjectNode third) {
        Resource object = apply(created(first), second, A, true);
        Resource changed = new Resource(third.deepCopy());
        changed.metadata().put("uid", "x");
        owners.update(object, changed, B, PLACE, NOW);

        FieldSet all = FieldSet.NONE;
        for (String manager : List.of("a", "b", "maker")) {
            all = all.plus(owned(changed, manager));
        }
        assertThat(all.minus(spec(FieldPlaces.everything(changed.tree(), SHAPE)))
                        .paths())
                .isEmpty();
    }

    @Property(tries = 200)
    void anUpdateTakesWhatItChangesAndNothingElse(
            @ForAll("things") ObjectNode before, @ForAll("things") ObjectNode after) {
        Resource object = apply(nothing(), before, A, false);
        Resource changed = new Resource(after.deepCopy());
        owners.update(object, changed, B, PLACE, NOW);

        FieldSet gained = spec(FieldChanges.gained(before, after, SHAPE, Json.object()));
        FieldSet lost = spec(FieldChanges.lost(before, after, SHAPE, Json.object()));
        FieldSet sent = spec(FieldPlaces.sent(before, SHAPE));
        assertThat(owned(changed, "b")).isEqualTo(gained);
        assertThat(owned(changed, "a")).isEqualTo(sent.minus(gained).minus(lost));
    }

    @Property(tries = 200)
    void fieldSetsSurvivePrintingAndObeyTheLawsOfSets(
            @ForAll("things") ObjectNode first, @ForAll("things") ObjectNode second) {
        FieldSet left = FieldPlaces.everything(first, SHAPE).withoutSelf();
        FieldSet right = FieldPlaces.sent(second, SHAPE);

        assertThat(FieldsV1.parse(FieldsV1.print(left))).isEqualTo(left);
        assertThat(left.minus(right).plus(left.and(right))).isEqualTo(left);
        assertThat(left.minus(right).and(right).isEmpty()).isTrue();
        assertThat(left.plus(right)).isEqualTo(right.plus(left));
        assertThat(left.and(right)).isEqualTo(right.and(left));
    }

    private Resource created(ObjectNode thing) {
        Resource object = new Resource(thing.deepCopy());
        owners.update(nothing(), object, new ManagedFields.Manager("maker", "v1", ""), PLACE, NOW);
        return object;
    }

    private Resource apply(Resource live, ObjectNode wanted, ManagedFields.Manager manager, boolean force) {
        return owners.apply(live, new Resource(wanted), manager, force, PLACE, NOW);
    }

    private static Resource nothing() {
        return new Resource(Json.object().put("apiVersion", "v1").put("kind", "Thing"));
    }

    private static FieldSet owned(Resource object, String manager) {
        FieldSet all = FieldSet.NONE;
        for (JsonNode entry : object.at("metadata", "managedFields")) {
            if (entry.path("manager").asString().equals(manager)) {
                all = all.plus(FieldsV1.parse(entry.path("fieldsV1")));
            }
        }
        return spec(all);
    }

    /// What is below `spec`.
    private static FieldSet spec(FieldSet set) {
        return set.below(FieldStep.field("spec")).withoutSelf();
    }

    /// Some fields and containers of a thing.
    private static ObjectNode only(ObjectNode thing, List<String> fields, String... containers) {
        ObjectNode part = nothing().tree();
        ObjectNode spec = part.putObject("spec");
        fields.forEach(field -> spec.set(field, thing.at("/spec/" + field).deepCopy()));
        ArrayNode list = spec.putArray("containers");
        thing.at("/spec/containers")
                .valueStream()
                .filter(one -> List.of(containers).contains(one.path("name").asString()))
                .forEach(list::add);
        return part;
    }

    private static JsonNode sorted(Resource object) {
        Resource copy = object.copy();
        if (copy.at("spec", "containers") instanceof ArrayNode list) {
            List<JsonNode> elements = list.valueStream()
                    .sorted(Comparator.comparing(one -> one.path("name").asString()))
                    .toList();
            list.removeAll();
            elements.forEach(list::add);
        }
        return copy.tree();
    }

    @Provide
    Arbitrary<ObjectNode> things() {
        return Things.any();
    }
}
