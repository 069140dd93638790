package dev.longshore.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Json;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

class MergePatchTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'a':'b'} | {'a':'c'} | {'a':'c'}",
                "{'a':'b','b':'c'} | {'a':null} | {'b':'c'}",
                "{'a':['b']} | {'a':'c'} | {'a':'c'}",
                "{'a':{'b':'c'}} | {'a':{'b':'d','c':null}} | {'a':{'b':'d'}}",
                "{} | {'a':{'bb':{'ccc':null}}} | {'a':{'bb':{}}}",
                "[1,2] | {'a':'b','c':null} | {'a':'b'}",
                "{'e':null} | {'a':1} | {'e':null,'a':1}"
            })
    void appliesWhatRfc7396Defines(String target, String patch, String expected) {
        assertThat(MergePatch.apply(json(target), json(patch))).isEqualTo(json(expected));
    }

    @Property(tries = 300)
    void thePatchBetweenTwoTreesLeadsFromOneToTheOther(
            @ForAll("objects") ObjectNode from, @ForAll("objects") ObjectNode to) {
        assertThat(MergePatch.apply(from, MergePatch.between(from, to))).isEqualTo(to);
    }

    @Property(tries = 300)
    void applyingTwiceChangesNoMoreThanOnce(@ForAll("objects") ObjectNode target, @ForAll("objects") ObjectNode patch) {
        JsonNode once = MergePatch.apply(target, patch);

        assertThat(MergePatch.apply(once, patch)).isEqualTo(once);
    }

    @Provide
    Arbitrary<ObjectNode> objects() {
        return nodes(3).map(children -> {
            ObjectNode object = Json.object();
            children.forEach(object::set);
            return object;
        });
    }

    private static Arbitrary<java.util.Map<String, JsonNode>> nodes(int depth) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        Arbitrary<JsonNode> leaves = Arbitraries.oneOf(
                Arbitraries.integers().between(0, 3).map(nodes::numberNode),
                Arbitraries.of("x", "y").map(nodes::stringNode),
                Arbitraries.of(true, false).map(nodes::booleanNode));
        Arbitrary<JsonNode> values = depth == 0
                ? leaves
                : Arbitraries.oneOf(leaves, nodes(depth - 1).map(children -> {
                    ObjectNode object = Json.object();
                    children.forEach(object::set);
                    return object;
                }));
        return Arbitraries.maps(Arbitraries.of("a", "b", "c"), values).ofMaxSize(3);
    }

    private static JsonNode json(String text) {
        return Json.parse(text.replace('\'', '"'));
    }
}
