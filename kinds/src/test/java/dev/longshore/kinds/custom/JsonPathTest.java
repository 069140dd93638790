package dev.longshore.kinds.custom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Yaml;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Paths as printer columns have them.
class JsonPathTest {

    private static final JsonNode ROOT = Yaml.parse("""
            metadata: {name: one, annotations: {a.b/c: d}}
            spec: {n: 3, list: [{k: a, v: 1}, {k: b, v: 2}, {k: c, v: 3}]}
            status: {conditions: [{type: Ready, status: 'True'}, {type: Done, status: 'False'}]}
            """);

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            .metadata.name                                      | ["one"]
            .metadata.annotations.a\\.b/c                       | ["d"]
            .metadata.annotations['a.b/c']                      | ["d"]
            .spec.list[0].k                                     | ["a"]
            .spec.list[-1].k                                    | ["c"]
            .spec.list[*].v                                     | [1,2,3]
            .spec.list[0:2].v                                   | [1,2]
            .spec.list[0,2].v                                   | [1,3]
            .spec.list[?(@.k=="b")].v                           | [2]
            .spec.list[?(@.v>1)].k                              | ["b","c"]
            .spec.list[?(@.nope)].k                             | []
            .status.conditions[?(@.type=='Ready')].status       | ["True"]
            ..status                                            | [{"conditions":[{"type":"Ready","status":"True"},{"type":"Done","status":"False"}]},"True","False"]
            .spec.nope.more                                     | []
            $.spec.n                                            | [3]
            """)
    void findsWhatItLeadsTo(String path, String found) throws JsonPath.Malformed {
        assertThat(JsonPath.parse(path).find(ROOT).toString().replace(", ", ","))
                .isEqualTo(found);
    }

    @ParameterizedTest
    @ValueSource(strings = {".a[", ".a[x]", ".a[?(@.b=1)]", ".a[0:3:0]"})
    void saysWhatIsNoPath(String path) {
        assertThatThrownBy(() -> JsonPath.parse(path)).isInstanceOf(JsonPath.Malformed.class);
    }

    @Test
    void leadsNowhereInScalars() throws JsonPath.Malformed {
        assertThat(JsonPath.parse(".metadata.name.x").first(ROOT)).isEmpty();
    }
}
