package dev.longshore.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.NodeSelectorRequirementBuilder;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.NodeSelectorTermBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeSelectorsTest {

    private static boolean matches(NodeSelectorTerm term, Map<String, String> labels) {
        return NodeSelectors.matchAny(List.of(term), labels, "n1");
    }

    /// Numbers are what Go's `strconv.ParseInt` takes for one of 64 bits; nothing else is greater or less.
    @ParameterizedTest
    @CsvSource({
        "Gt,7,5,true",
        "Gt,5,5,false",
        "Lt,4,5,true",
        "Gt,9223372036854775807,9223372036854775806,true",
        "Gt,9223372036854775808,5,false",
        "Lt,seven,5,false",
        "Gt,7,five,false",
        "Lt,-7,-5,true",
        "Gt,7,,false"
    })
    void greaterAndLessAreAboutNumbersOf64Bits(String operator, String label, String bound, boolean fits) {
        var rule = new NodeSelectorRequirementBuilder()
                .withKey("size")
                .withOperator(operator)
                .withValues(bound == null ? List.of() : List.of(bound))
                .build();
        NodeSelectorTerm term =
                new NodeSelectorTermBuilder().withMatchExpressions(rule).build();

        assertThat(matches(term, Map.of("size", label))).isEqualTo(fits);
        assertThat(matches(term, Map.of())).isFalse();
    }

    @Test
    void allRulesOfATermMustHold() {
        NodeSelectorTerm term = new NodeSelectorTermBuilder()
                .addNewMatchExpression()
                .withKey("zone")
                .withOperator("In")
                .withValues("a", "b")
                .endMatchExpression()
                .addNewMatchField()
                .withKey("metadata.name")
                .withOperator("NotIn")
                .withValues("n2")
                .endMatchField()
                .build();

        assertThat(matches(term, Map.of("zone", "b"))).isTrue();
        assertThat(matches(term, Map.of("zone", "c"))).isFalse();
        assertThat(NodeSelectors.matchAny(List.of(term), Map.of("zone", "b"), "n2"))
                .isFalse();
        assertThat(matches(new NodeSelectorTerm(), Map.of("zone", "b"))).isFalse();
    }
}
