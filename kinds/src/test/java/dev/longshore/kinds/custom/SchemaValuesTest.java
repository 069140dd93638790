package dev.longshore.kinds.custom;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Yaml;
import dev.longshore.model.Cause;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Values against schemas, and changes against what was.
class SchemaValuesTest {

    private static final Structural SCHEMA = Structural.of(Yaml.parse("""
            type: object
            properties:
              spec:
                type: object
                properties:
                  n: {type: integer, maximum: 5}
                  text: {type: string, maxLength: 3}
                  either: {x-kubernetes-int-or-string: true}
                  list:
                    type: array
                    maxItems: 2
                    x-kubernetes-list-type: map
                    x-kubernetes-list-map-keys: [k]
                    items: {type: object, properties: {k: {type: string}, v: {type: integer, minimum: 1}}}
            """));

    private static List<String> change(String now, String old) {
        return SchemaValues.checkChange("", Yaml.parse(now), Yaml.parse(old), SCHEMA).stream()
                .map(SchemaValuesTest::shown)
                .toList();
    }

    private static String shown(Cause cause) {
        return cause.field() + ": " + cause.message();
    }

    @Test
    void namesEachFault() {
        assertThat(SchemaValues.check(
                                "",
                                Yaml.parse("{spec: {n: 9, text: long, either: 1.5, list: [{v: 0}, {}, {}]}}"),
                                SCHEMA.schema())
                        .stream()
                        .map(SchemaValuesTest::shown))
                .containsExactlyInAnyOrder(
                        "spec.n: Invalid value: 9: spec.n in body should be less than or equal to 5",
                        "spec.text: Too long: may not be more than 3 bytes",
                        "spec.either: Invalid value: \"number\": spec.either in body must be of type integer,string:"
                                + " \"number\"",
                        "spec.list[0].v: Invalid value: 0: spec.list[0].v in body should be greater than or equal to 1",
                        "spec.list: Too many: 3: must have at most 2 items");
    }

    @Test
    void forgivesWhatWasWrongBefore() {
        assertThat(change("{spec: {n: 9, text: ab}}", "{spec: {n: 9, text: a}}"))
                .isEmpty();
        assertThat(change("{spec: {n: 8}}", "{spec: {n: 9}}"))
                .containsExactly("spec.n: Invalid value: 8: spec.n in body should be less than or equal to 5");
    }

    @Test
    void elementsWithKeysHaveAPast() {
        assertThat(change("{spec: {list: [{k: b, v: 3}, {k: a, v: 0}]}}", "{spec: {list: [{k: a, v: 0}]}}"))
                .isEmpty();
        assertThat(change("{spec: {list: [{k: b, v: 0}, {k: a, v: 0}]}}", "{spec: {list: [{k: a, v: 0}]}}"))
                .hasSize(1);
    }

    @Test
    void aPatternThatWouldTakeForEverDoesNot() {
        var schema = Yaml.parse("{type: string, pattern: '^(a+)+$'}");
        var text = Yaml.parse("'" + "a".repeat(60) + "b'");

        assertThat(SchemaValues.check("x", text, schema)).hasSize(1);
    }
}
