package dev.longshore.kinds.custom;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Json;
import dev.longshore.base.Yaml;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Unknown fields, nulls and defaults.
class FieldsTest {

    private static Structural schema(String yaml) {
        return Structural.of(Yaml.parse(yaml));
    }

    private static ObjectNode object(String yaml) {
        return (ObjectNode) Yaml.parse(yaml);
    }

    @Test
    void unknownFieldsGoAndAreNamed() {
        ObjectNode object =
                object("{apiVersion: a, kind: b, metadata: {x: 1}, a: 1, b: {c: 1, d: 2}, l: [{c: 1, e: 2}]}");

        List<String> unknown = Fields.prune(
                object, schema("{properties: {b: {properties: {c: {}}}, l: {items: {properties: {c: {}}}}}}"));

        assertThat(unknown).containsExactly("a", "b.d", "l[0].e");
        assertThat(object).isEqualTo(object("{apiVersion: a, kind: b, metadata: {x: 1}, b: {c: 1}, l: [{c: 1}]}"));
    }

    @Test
    void whatPreservesUnknownFieldsStillCleansWhatIsKnown() {
        ObjectNode object = object("{a: 1, b: {c: 1, d: 2}}");

        List<String> unknown = Fields.prune(
                object, schema("{x-kubernetes-preserve-unknown-fields: true, properties: {b: {properties: {c: {}}}}}"));

        assertThat(unknown).containsExactly("b.d");
        assertThat(object).isEqualTo(object("{a: 1, b: {c: 1}}"));
    }

    @Test
    void mapsOfWhateverKeepScalarsOnly() {
        ObjectNode object = object("{m: {a: 1, b: {c: 2}}}");

        Fields.prune(object, schema("{properties: {m: {type: object, additionalProperties: true}}}"));

        assertThat(object).isEqualTo(object("{m: {a: 1, b: {}}}"));
    }

    @Test
    void embeddedResourcesKeepWhatEveryResourceHas() {
        ObjectNode object = object("{t: {apiVersion: v1, kind: A, metadata: {name: x}, spec: {}, other: 1}}");

        Fields.prune(
                object, schema("{properties: {t: {x-kubernetes-embedded-resource: true, properties: {spec: {}}}}}"));

        assertThat(object).isEqualTo(object("{t: {apiVersion: v1, kind: A, metadata: {name: x}, spec: {}}}"));
    }

    @Test
    void nullsGoWhereTheyAreNoValue() {
        ObjectNode object = object("{a: null, b: null, c: null}");
        Structural schema = schema("{properties: {a: {}, b: {nullable: true}, c: {default: 1}}}");

        Fields.dropNulls(object, schema);
        Fields.fill(object, schema);

        assertThat(object).isEqualTo(object("{b: null, c: 1}"));
    }

    @Test
    void defaultsFillFromOutsideIn() {
        ObjectNode object = object("{list: [{}, {x: 2}], map: {k: {}}}");

        Fields.fill(object, schema("""
                properties:
                  spec: {default: {}, properties: {size: {default: 3}}}
                  list: {items: {properties: {x: {default: 1}}}}
                  map: {additionalProperties: {properties: {y: {default: z}}}}"""));

        assertThat(object).isEqualTo(object("{list: [{x: 1}, {x: 2}], map: {k: {y: z}}, spec: {size: 3}}"));
    }

    @Property(tries = 300)
    void doingItTwiceChangesNothing(@ForAll("trees") JsonNode tree) {
        Structural schema = schema("""
                properties:
                  a: {properties: {b: {default: 1}, c: {nullable: true}}, default: {}}
                  b: {items: {properties: {a: {}, b: {default: x}}}}
                  c: {additionalProperties: {properties: {a: {}}}}""");
        ObjectNode once = Json.object();
        once.set("a", tree);
        once.set("b", tree.deepCopy());
        once.set("c", tree.deepCopy());
        once.set("d", tree.deepCopy());
        clean(once, schema);
        ObjectNode twice = once.deepCopy();

        assertThat(Fields.prune(twice, schema)).isEmpty();
        Fields.dropNulls(twice, schema);
        Fields.fill(twice, schema);

        assertThat(twice).isEqualTo(once);
        assertThat(once.has("d")).isFalse();
    }

    private static void clean(ObjectNode object, Structural schema) {
        Fields.prune(object, schema);
        Fields.dropNulls(object, schema);
        Fields.fill(object, schema);
    }

    @Provide
    Arbitrary<JsonNode> trees() {
        return tree(3);
    }

    private static Arbitrary<JsonNode> tree(int depth) {
        Arbitrary<JsonNode> leaf = Arbitraries.of("1", "true", "null", "\"x\"").map(Json::parse);
        if (depth == 0) {
            return leaf;
        }
        Arbitrary<JsonNode> list = tree(depth - 1).list().ofMaxSize(3).map(elements -> {
            var array = Json.object().arrayNode();
            elements.forEach(array::add);
            return array;
        });
        Arbitrary<JsonNode> object = Arbitraries.maps(Arbitraries.of("a", "b", "c", "d"), tree(depth - 1))
                .ofMaxSize(4)
                .map(fields -> {
                    ObjectNode node = Json.object();
                    fields.forEach(node::set);
                    return node;
                });
        return Arbitraries.oneOf(leaf, list, object);
    }
}
