package dev.longshore.autoscaler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ExpandersTest {

    private final List<String> warnings = new ArrayList<>();

    @Test
    void leastWasteTakesTheNodesThatStayEmptiestOfNothing() {
        assertThat(chosen("least-waste", option("big", 1, 8000, 2), option("small", 1, 1000, 2)))
                .isEqualTo("small");
    }

    @Test
    void mostPodsHelpsAsManyAsCanBe() {
        assertThat(chosen("most-pods", option("few", 1, 1000, 2), option("many", 5, 1000, 9)))
                .isEqualTo("many");
    }

    @Test
    void leastNodesTakesTheSmallestNumber() {
        assertThat(chosen("least-nodes", option("five", 5, 1000, 9), option("one", 1, 8000, 9)))
                .isEqualTo("one");
    }

    @Test
    void theNextOneDecidesBetweenEquals() {
        assertThat(chosen(
                        "most-pods,least-nodes",
                        option("a", 3, 1000, 4),
                        option("b", 2, 1000, 4),
                        option("c", 1, 1000, 3)))
                .isEqualTo("b");
    }

    @Test
    void randomTakesAnyOfThem() {
        var expanders = new Expanders(Expanders.names("random"), priorities(""), new Random(7));
        var seen = IntStream.range(0, 50)
                .mapToObj(i -> expanders
                        .choose(List.of(option("a", 1, 1000, 1), option("b", 1, 1000, 1)))
                        .orElseThrow()
                        .group()
                        .id())
                .distinct();

        assertThat(seen).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void priorityTakesTheHighestThatMatches() {
        String config = "10: [\".*\"]\n50:\n- spot-.*\n- cheap\n";
        var expanders = new Expanders(List.of("priority"), priorities(config), new Random(1));

        assertThat(expanders.choose(List.of(option("on-demand", 1, 1000, 1), option("spot-2", 1, 1000, 1))))
                .map(option -> option.group().id())
                .contains("spot-2");
        assertThat(warnings).isEmpty();
    }

    @Test
    void aGroupThatNoPriorityKnowsIsNotUsedAndNoneAtAllMeansAnyOne() {
        var expanders = new Expanders(List.of("priority"), priorities("10: [known]"), new Random(1));

        assertThat(expanders.choose(List.of(option("other", 1, 1000, 1), option("known", 1, 1000, 1))))
                .map(option -> option.group().id())
                .contains("known");
        assertThat(warnings).singleElement().asString().startsWith("PriorityConfigMapNotMatchedGroup");
        assertThat(expanders.choose(List.of(option("other", 1, 1000, 1)))).isPresent();
        assertThat(warnings).last().asString().startsWith("PriorityConfigMapNoGroupMatched");
    }

    @Test
    void prioritiesThatNobodyUnderstandsForbidToGrow() {
        for (String wrong : List.of("", "- a list", "high: [x]", "10: [\"(\"]")) {
            var expanders = new Expanders(List.of("priority"), priorities(wrong), new Random(1));
            assertThat(expanders.choose(List.of(option("a", 1, 1000, 1))))
                    .as(wrong)
                    .isEmpty();
        }
        assertThat(warnings).hasSize(4).allMatch(warning -> warning.startsWith("PriorityConfigMapInvalid"));

        var absent = new Priorities(Optional::empty, (reason, message) -> {});
        assertThat(new Expanders(List.of("priority"), absent, new Random(1)).choose(List.of(option("a", 1, 1000, 1))))
                .isEmpty();
    }

    @Test
    void anUnknownNameIsRefusedAndSaysWhatIsKnown() {
        assertThatThrownBy(() -> Expanders.names("cheapest"))
                .hasMessage("expander \"cheapest\" is not supported; known are random, most-pods, least-waste,"
                        + " least-nodes, priority");
        assertThatThrownBy(() -> Expanders.names("random,random")).hasMessageContaining("once only");
    }

    private String chosen(String names, Expansion... options) {
        return new Expanders(Expanders.names(names), priorities(""), new Random(1))
                .choose(List.of(options))
                .orElseThrow()
                .group()
                .id();
    }

    private Priorities priorities(String text) {
        return new Priorities(
                () -> Optional.of(Map.of("priorities", text)),
                (reason, message) -> warnings.add(reason + ": " + message));
    }

    private static Expansion option(String id, int nodes, int milliCores, int pods) {
        var node = Sample.node(id, milliCores, milliCores);
        return new Expansion(
                new FakeGroup(id, 0, 10, node).view(),
                Sample.template(node),
                nodes,
                IntStream.range(0, pods)
                        .mapToObj(i -> Sample.pending("web", i, 100, 100))
                        .toList());
    }
}
