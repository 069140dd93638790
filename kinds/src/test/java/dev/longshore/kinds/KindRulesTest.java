package dev.longshore.kinds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.longshore.model.Cause;
import dev.longshore.model.MetadataRules;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.Strategy;
import dev.longshore.model.Subresource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Every rule of the tables under `rules/`, one test each.
class KindRulesTest {

    /// What the first words of a message say of the cause's type.
    private static final Map<String, String> TYPES = Map.of(
            "Required value", "FieldValueRequired",
            "Unsupported value", "FieldValueNotSupported",
            "Duplicate value", "FieldValueDuplicate",
            "Forbidden", "FieldValueForbidden",
            "Not found", "FieldValueNotFound",
            "Too long", "FieldValueTooLong",
            "Too many", "FieldValueTooMany",
            "Internal error", "InternalError");

    private static final Cluster ONE = new Cluster();
    private static final Cluster TWO = new Cluster(Cluster.TWO_FAMILIES);

    @TestFactory
    Stream<DynamicNode> kindsFollowTheirRules() {
        return RuleTable.all().stream().map(KindRulesTest::tests);
    }

    private static DynamicNode tests(RuleTable table) {
        var tests = new ArrayList<DynamicTest>();
        tests.add(dynamicTest("is filled in", () -> defaults(table)));
        tests.add(dynamicTest(
                "is accepted", () -> assertThat(created(table, table.object())).isEmpty()));
        cases(tests, "refuses: ", table.refused(), one -> created(table, changed(table, one)));
        cases(tests, "accepts: ", table.accepted(), one -> created(table, changed(table, one)));
        cases(tests, "keeps: ", table.changes(), one -> updated(table, one, false));
        cases(tests, "refuses of the status: ", table.statuses(), one -> updated(table, one, true));
        cases(tests, "warns: ", table.warnings(), one -> warned(table, changed(table, one)));
        return dynamicContainer(table.shownKind(), tests);
    }

    private static void cases(
            List<DynamicTest> tests,
            String prefix,
            List<RuleTable.Case> cases,
            Function<RuleTable.Case, List<String>> outcome) {
        for (RuleTable.Case one : cases) {
            tests.add(dynamicTest(
                    prefix + one.name(), () -> assertThat(outcome.apply(one)).containsExactlyElementsOf(one.said())));
        }
    }

    private static ObjectNode changed(RuleTable table, RuleTable.Case one) {
        return RuleTable.changed(table.object(), one.set()).tree();
    }

    private static void defaults(RuleTable table) {
        Resource filled = filled(table, table.object());
        var before = new TreeMap<String, JsonNode>();
        var after = new TreeMap<String, JsonNode>();
        leaves("", table.object(), before);
        leaves("", filled.tree(), after);
        after.keySet().removeAll(before.keySet());

        var expected = new TreeMap<String, JsonNode>();
        table.defaults().forEach((pointer, value) -> leaves(pointer, value, expected));
        assertThat(after).isEqualTo(expected);
    }

    private static void leaves(String pointer, JsonNode node, Map<String, JsonNode> leaves) {
        if (node instanceof ObjectNode object && !object.isEmpty()) {
            object.properties()
                    .forEach(entry ->
                            leaves(pointer + "/" + entry.getKey().replace("/", "~1"), entry.getValue(), leaves));
        } else if (node.isArray() && !node.isEmpty()) {
            for (int i = 0; i < node.size(); i++) {
                leaves(pointer + "/" + i, node.get(i), leaves);
            }
        } else {
            leaves.put(pointer, node);
        }
    }

    private static Resource filled(RuleTable table, ObjectNode object) {
        Resource copy = new Resource(object.deepCopy());
        definition(table).strategy().applyDefaults(copy);
        return copy;
    }

    private static Cluster cluster(RuleTable table) {
        return table.hasTwoFamilies() ? TWO : ONE;
    }

    private static ResourceDefinition definition(RuleTable table) {
        return cluster(table).kind(table.apiVersion(), table.kind());
    }

    private static List<String> created(RuleTable table, ObjectNode object) {
        ResourceDefinition kind = definition(table);
        Resource copy = filled(table, object);
        kind.strategy().prepareForCreate(cluster(table).call, copy);
        var causes = new ArrayList<>(MetadataRules.check(copy, kind.strategy().nameRule(), kind.namespaced()));
        causes.addAll(kind.strategy().validate(cluster(table).call, copy));
        return shown(causes);
    }

    /// The change goes on top of what was stored, defaults included, as a client would make it.
    private static List<String> updated(RuleTable table, RuleTable.Case one, boolean isStatus) {
        Strategy strategy = definition(table)
                .subresource(table.part())
                .map(Subresource.Part.class::cast)
                .map(Subresource.Part::strategy)
                .orElseGet(definition(table)::strategy);
        Resource old =
                filled(table, RuleTable.changed(table.object(), one.from()).tree());
        Resource now = filled(table, RuleTable.changed(old.tree(), one.set()).tree());
        if (isStatus) {
            strategy.prepareForStatusUpdate(cluster(table).call, now, old);
            return shown(strategy.validateStatusUpdate(cluster(table).call, now, old));
        }
        strategy.prepareForUpdate(cluster(table).call, now, old);
        return shown(strategy.validateUpdate(cluster(table).call, now, old));
    }

    private static List<String> warned(RuleTable table, ObjectNode object) {
        assertThat(created(table, object)).isEmpty();
        return definition(table).strategy().warnings(filled(table, object));
    }

    private static List<String> shown(List<Cause> causes) {
        for (Cause cause : causes) {
            String words = cause.message().split(":", 2)[0];
            assertThat(cause.type())
                    .as(cause.message())
                    .isIn(TYPES.getOrDefault(words, "FieldValueInvalid"), "FieldValueTypeInvalid");
        }
        return causes.stream()
                .map(cause -> cause.field() + ": " + cause.message())
                .toList();
    }
}
