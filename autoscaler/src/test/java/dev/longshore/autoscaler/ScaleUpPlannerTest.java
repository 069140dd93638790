package dev.longshore.autoscaler;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ScaleUpPlannerTest {

    private static final ScaleUpOptions USUAL = ScaleUpOptions.DEFAULT;
    private static final Node TWO_CORES = Sample.node("t", 2000, 8192);

    @Test
    void aGroupGrowsByWhatItsPodsNeed() {
        var plan = plan(USUAL, pods(10, 500), candidate(group("workers", 1, 10, TWO_CORES, 1)));

        assertThat(plan).isInstanceOfSatisfying(ScaleUpPlan.Grow.class, grow -> {
            assertThat(Resize.text(grow.resizes())).isEqualTo("[{workers 1->4 (max: 10)}]");
            assertThat(grow.helped()).hasSize(10);
        });
    }

    @Test
    void aGroupGrowsNoFurtherThanItsMaximum() {
        assertThat(resizes(plan(USUAL, pods(100, 500), candidate(group("workers", 1, 4, TWO_CORES, 1)))))
                .isEqualTo("[{workers 1->4 (max: 4)}]");
    }

    @Test
    void anEmptyGroupIsJudgedByItsTemplatesLabelsAndTaints() {
        Node gpu = Sample.node(
                "t",
                2000,
                8192,
                node -> Sample.tainted(
                        node.editMetadata().addToLabels("pool", "gpu").endMetadata(),
                        "dedicated",
                        "gpu",
                        "NoSchedule"));
        Pod wanting = new PodBuilder(Sample.pending("train", 0, 500, 100))
                .editSpec()
                .addToNodeSelector("pool", "gpu")
                .addNewToleration()
                .withKey("dedicated")
                .withOperator("Exists")
                .endToleration()
                .endSpec()
                .build();
        var groups = new ScaleUpPlanner.Candidate[] {
            candidate(group("plain", 0, 5, TWO_CORES, 0)), candidate(group("gpu", 0, 5, gpu, 0))
        };

        assertThat(resizes(plan(USUAL, List.of(wanting), groups))).isEqualTo("[{gpu 0->1 (max: 5)}]");
        assertThat(resizes(plan(USUAL, pods(1, 500), groups))).isEqualTo("[{plain 0->1 (max: 5)}]");
    }

    @Test
    void podsThatNoGroupHelpsAreToldWhy() {
        Node tainted = Sample.node("t", 2000, 8192, node -> Sample.tainted(node, "dedicated", "gpu", "NoSchedule"));
        var full = group("full", 0, 1, TWO_CORES, 1);
        var failing = group("failing", 0, 5, TWO_CORES, 0);

        var plan = plan(
                USUAL,
                pods(1, 3000),
                candidate(group("small", 0, 5, TWO_CORES, 0)),
                candidate(group("tainted", 0, 5, tainted, 0)),
                candidate(full),
                new ScaleUpPlanner.Candidate(
                        failing.view(),
                        Optional.of(Sample.template(TWO_CORES)),
                        Optional.of(ScaleUpPlanner.BACKED_OFF)));

        assertThat(plan)
                .isInstanceOfSatisfying(
                        ScaleUpPlan.Helpless.class,
                        helpless -> assertThat(helpless.refusals())
                                .singleElement()
                                .extracting(ScaleUpPlan.Refusal::message)
                                .isEqualTo(
                                        "1 Insufficient cpu, 1 in backoff after failed scale-up, 1 max node group size reached,"
                                                + " 1 node(s) had untolerated taint {dedicated: gpu}"));
    }

    @Test
    void anotherGroupIsUsedWhileOneIsLeftAlone() {
        var failing = group("a-failing", 0, 5, TWO_CORES, 0);

        assertThat(resizes(plan(
                        USUAL,
                        pods(1, 500),
                        new ScaleUpPlanner.Candidate(
                                failing.view(),
                                Optional.of(Sample.template(TWO_CORES)),
                                Optional.of(ScaleUpPlanner.BACKED_OFF)),
                        candidate(group("b", 0, 5, TWO_CORES, 0)))))
                .isEqualTo("[{b 0->1 (max: 5)}]");
    }

    @Test
    void theWholeClusterHasLimitsToo() {
        var nodes = options(Map.of("max-nodes-total", "5"));
        var cores = options(Map.of("cores-total", "0:8"));
        var memory = options(Map.of("memory-total", "0:16"));
        List<Node> present = List.of(Sample.node("one", 2000, 8192), Sample.node("two", 1000, 1024));

        assertThat(resizes(plan(nodes, present, pods(40, 500), candidate(group("w", 0, 20, TWO_CORES, 0)))))
                .isEqualTo("[{w 0->3 (max: 20)}]");
        assertThat(resizes(plan(cores, present, pods(40, 500), candidate(group("w", 0, 20, TWO_CORES, 0)))))
                .isEqualTo("[{w 0->2 (max: 20)}]");
        assertThat(plan(memory, present, pods(40, 500), candidate(group("w", 0, 20, TWO_CORES, 0))))
                .isInstanceOfSatisfying(
                        ScaleUpPlan.Helpless.class,
                        helpless -> assertThat(helpless.refusals().getFirst().message())
                                .isEqualTo("1 max cluster memory limit reached"));
    }

    @Test
    void similarGroupsAreKeptOfOneSize() {
        var balancing = options(Map.of("balance-similar-node-groups", "true"));
        var east = group("east", 0, 10, inZone("east"), 3);
        var west = group("west", 0, 10, inZone("west"), 1);
        var other = group("other", 0, 10, Sample.node("t", 4000, 8192), 0);

        var plan = plan(balancing, pods(16, 500), candidate(east), candidate(west), candidate(other));

        // Whichever of the two was chosen comes first.
        assertThat(resizes(plan)).contains("{east 3->4 (max: 10)}", "{west 1->4 (max: 10)}");
    }

    private static Node inZone(String zone) {
        return Sample.node(
                "t",
                2000,
                2000,
                node -> node.editMetadata()
                        .addToLabels("topology.kubernetes.io/zone", zone)
                        .addToLabels("group", zone)
                        .endMetadata());
    }

    private static ScaleUpOptions options(Map<String, String> flags) {
        return AutoscalerFlags.parse(flags.entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + entry.getValue())
                        .toList())
                .up();
    }

    private static FakeGroup group(String id, int min, int max, Node template, int nodes) {
        return new FakeGroup(id, min, max, template).with(nodes);
    }

    private static ScaleUpPlanner.Candidate candidate(FakeGroup group) {
        return new ScaleUpPlanner.Candidate(
                group.view(), Optional.of(Sample.template(group.template())), Optional.empty());
    }

    private static List<Pod> pods(int count, int milliCores) {
        return IntStream.range(0, count)
                .mapToObj(i -> Sample.pending("web", i, milliCores, 100))
                .toList();
    }

    private static ScaleUpPlan plan(ScaleUpOptions options, List<Pod> pods, ScaleUpPlanner.Candidate... groups) {
        return plan(options, List.of(), pods, groups);
    }

    private static ScaleUpPlan plan(
            ScaleUpOptions options, List<Node> present, List<Pod> pods, ScaleUpPlanner.Candidate... groups) {
        var priorities = new Priorities(Optional::empty, (reason, message) -> {});
        var planner = new ScaleUpPlanner(
                options, new Expanders(options.expanders(), priorities, new Random(7)), Set.of("group"));
        return planner.plan(List.of(groups), pods, new Simulation(Sample.RULES), new ClusterLimits(options, present));
    }

    private static String resizes(ScaleUpPlan plan) {
        return plan instanceof ScaleUpPlan.Grow grow ? Resize.text(grow.resizes()) : plan.toString();
    }
}
