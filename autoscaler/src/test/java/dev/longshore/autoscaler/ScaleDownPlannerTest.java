package dev.longshore.autoscaler;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScaleDownPlannerTest {

    private static final Instant LATER = Sample.NOW.plus(Duration.ofMinutes(10)).plusSeconds(1);

    private final FakeGroup group = new FakeGroup("w", 1, 10, Sample.node("t", 2000, 8192));

    @Test
    void anEmptyNodeGoesWhenItHasBeenSoForLongEnough() {
        group.with(2);
        var planner = planner();
        var nodes = nodes(2);
        List<Pod> pods = List.of(Sample.running("web", 1, 1500, 100, "w-1"));

        update(planner, Sample.NOW, nodes, pods);
        assertThat(names(removable(planner, Sample.NOW.plus(Duration.ofMinutes(10)), nodes)))
                .isEmpty();
        assertThat(planner.obstacles()).containsEntry("w-2", Obstacle.NOT_UNNEEDED_LONG_ENOUGH);
        assertThat(names(removable(planner, LATER, nodes))).containsExactly("w-2");
    }

    @Test
    void aNodeThatWasNeededInBetweenBeginsAnew() {
        group.with(2);
        var planner = planner();
        var nodes = nodes(2);
        update(planner, Sample.NOW, nodes, List.of());
        update(
                planner,
                Sample.NOW.plusSeconds(60),
                nodes,
                List.of(Sample.running("web", 1, 1500, 100, "w-1"), Sample.running("web", 2, 1500, 100, "w-2")));
        update(planner, Sample.NOW.plusSeconds(120), nodes, List.of(Sample.running("web", 1, 1500, 100, "w-1")));

        assertThat(names(removable(planner, LATER, nodes))).isEmpty();
        assertThat(names(removable(planner, LATER.plusSeconds(120), nodes))).containsExactly("w-2");
    }

    @Test
    void anUnderusedNodeGoesIfItsPodsHaveAPlaceElsewhere() {
        group.with(3);
        var planner = planner();
        var nodes = nodes(3);
        List<Pod> pods = List.of(
                Sample.running("a", 1, 1100, 100, "w-1"),
                Sample.running("b", 1, 600, 100, "w-2"),
                Sample.running("c", 1, 700, 100, "w-3"));

        update(planner, Sample.NOW, nodes, pods);

        // Either of the small ones fits w-1, not both.
        assertThat(planner.unneeded()).extracting(Removal::name).containsExactly("w-2");
        assertThat(planner.unneeded().getFirst().moved()).hasSize(1);
        assertThat(planner.obstacles())
                .containsEntry("w-1", Obstacle.NOT_UNDERUTILIZED)
                .containsEntry("w-3", Obstacle.NO_PLACE_TO_MOVE_PODS);
        assertThat(removable(planner, LATER, nodes).drained()).hasSize(1);
    }

    @Test
    void aBudgetThatIsSpentKeepsTheNode() {
        group.with(2);
        var planner = planner();
        var nodes = nodes(2);
        List<Pod> pods = List.of(Sample.running("a", 1, 1100, 100, "w-1"), Sample.running("web", 1, 200, 100, "w-2"));

        update(planner, Sample.NOW, nodes, pods, Sample.budget("web", 0));
        assertThat(planner.unneeded()).isEmpty();
        assertThat(planner.obstacles()).containsEntry("w-2", Obstacle.NOT_ENOUGH_BUDGET);

        update(planner, Sample.NOW.plusSeconds(10), nodes, pods, Sample.budget("web", 1));
        assertThat(planner.obstacles()).containsEntry("w-2", Obstacle.RECENTLY_UNREMOVABLE);
        update(planner, Sample.NOW.plusSeconds(301), nodes, pods, Sample.budget("web", 1));
        assertThat(planner.unneeded()).extracting(Removal::name).containsExactly("w-2");
    }

    @Test
    void oneBudgetIsNotSpentTwice() {
        group.with(3);
        var planner = planner();
        List<Pod> pods = List.of(
                Sample.running("a", 1, 1100, 100, "w-1"),
                Sample.running("web", 1, 200, 100, "w-2"),
                Sample.running("web", 2, 200, 100, "w-3"));

        update(planner, Sample.NOW, nodes(3), pods, Sample.budget("web", 1));

        assertThat(planner.unneeded()).hasSize(1);
    }

    @Test
    void annotatedNodesAndThoseOfNoGroupStay() {
        group.with(2);
        var planner = planner();
        var nodes = new ArrayList<>(nodes(2));
        nodes.set(
                1,
                Sample.node(
                        "w-2",
                        2000,
                        8192,
                        node -> node.editMetadata()
                                .addToAnnotations(NodeTraits.SPARED, "true")
                                .endMetadata()));
        nodes.add(Sample.node("elsewhere", 2000, 8192));

        update(planner, Sample.NOW, nodes, List.of());

        assertThat(planner.unneeded()).extracting(Removal::name).containsExactly("w-1");
        assertThat(planner.obstacles()).containsOnly(Map.entry("w-2", Obstacle.SCALE_DOWN_DISABLED));
    }

    @Test
    void noGroupFallsBelowItsMinimum() {
        var small = new FakeGroup("w", 2, 10, Sample.node("t", 2000, 8192)).with(4);
        var planner = planner();
        var nodes = nodes(4);
        var groups = List.of(small.view());
        planner.update(Sample.at(Sample.NOW, nodes, List.of()), groups, Map.of(), List.of());

        assertThat(names(planner.removable(LATER, groups, Map.of(), limits(nodes))))
                .containsExactly("w-1", "w-2");
        assertThat(names(planner.removable(
                        LATER, groups, Map.of("w-4", new Deletions.Ongoing("w", false)), limits(nodes))))
                .containsExactly("w-1");
    }

    @Test
    void theClusterDoesNotFallBelowItsMinimum() {
        group.with(4);
        var options = AutoscalerFlags.parse(List.of("cores-total=5:100"));
        var planner = new ScaleDownPlanner(options.up(), options.down());
        var nodes = nodes(4);
        update(planner, Sample.NOW, nodes, List.of());

        assertThat(names(planner.removable(
                        LATER, List.of(group.view()), Map.of(), new ClusterLimits(options.up(), nodes))))
                .containsExactly("w-1");
        assertThat(planner.obstacles()).containsEntry("w-2", Obstacle.CLUSTER_AT_MINIMUM);
    }

    @Test
    void onlySoManyGoAtOnce() {
        var options = AutoscalerFlags.parse(List.of("max-scale-down-parallelism=3"));
        var planner = new ScaleDownPlanner(options.up(), options.down());
        group.with(7);
        var nodes = nodes(7);
        List<Pod> pods = List.of(
                Sample.running("a", 1, 1100, 100, "w-1"),
                Sample.running("b", 1, 200, 100, "w-2"),
                Sample.running("c", 1, 200, 100, "w-3"));
        update(planner, Sample.NOW, nodes, pods);

        var plan = removable(planner, LATER, nodes);
        assertThat(plan.empty()).extracting(Removal::name).containsExactly("w-4", "w-5", "w-6");
        assertThat(plan.drained()).isEmpty();
        var draining = Map.of("w-9", new Deletions.Ongoing("other", true));
        assertThat(planner.removable(LATER, List.of(group.view()), draining, limits(nodes))
                        .empty())
                .hasSize(2);
    }

    @Test
    void nothingGoesWhileAnEvictedPodLooksForAPlace() {
        group.with(2);
        var planner = planner();
        var nodes = nodes(2);
        List<Pod> pods = List.of(Sample.running("a", 1, 1100, 100, "w-1"));

        planner.update(
                Sample.at(Sample.NOW, nodes, pods),
                List.of(group.view()),
                Map.of(),
                List.of(Sample.running("big", 1, 1900, 100, "gone")));
        // It has a place on w-2 only, which is therefore needed.
        assertThat(planner.unneeded()).isEmpty();
    }

    @Test
    void evictedPodsCountUntilTheirControllerHasMadeOthers() {
        Pod evicted = Sample.running("web", 1, 100, 100, "gone");
        var evictions = List.of(new Deletions.Evicted(evicted, Sample.NOW));
        Pod successor = Sample.pod("web", 2, 100, 100)
                .editMetadata()
                .withCreationTimestamp(Sample.NOW.toString())
                .endMetadata()
                .build();
        Pod sibling = Sample.running("web", 3, 100, 100, "w-1");

        assertThat(PodsOnTheMove.missing(Sample.cluster(List.of(), List.of(sibling)), evictions))
                .containsExactly(evicted);
        assertThat(PodsOnTheMove.missing(Sample.cluster(List.of(), List.of(sibling, successor)), evictions))
                .isEmpty();
    }

    @Test
    void anUnreadyNodeIsGivenMoreTime() {
        group.with(2);
        var planner = planner();
        List<Node> nodes = List.of(nodes(2).getFirst(), Sample.unready(nodes(2).getLast()));
        List<Pod> pods = List.of(Sample.running("a", 1, 1100, 100, "w-1"));
        update(planner, Sample.NOW, nodes, pods);

        assertThat(names(removable(planner, LATER, nodes))).isEmpty();
        assertThat(names(removable(planner, Sample.NOW.plus(Duration.ofMinutes(21)), nodes)))
                .containsExactly("w-2");
    }

    @Test
    void daemonsCountAsUseUnlessTheyAreToBeIgnored() {
        Node node = nodes(1).getFirst();
        Pod daemon = Sample.pod("logs", 1, 1000, 0)
                .editMetadata()
                .withOwnerReferences(Sample.owner("DaemonSet", "logs"))
                .endMetadata()
                .build();
        Pod web = Sample.running("web", 1, 400, 0, "w-1");

        assertThat(Utilization.of(node, List.of(daemon, web), false, false, Sample.NOW)
                        .highest())
                .isEqualTo(0.7);
        assertThat(Utilization.of(node, List.of(daemon, web), true, false, Sample.NOW)
                        .highest())
                .isEqualTo(0.4);
    }

    @Test
    void delaysHoldForTheWholeClusterOrForTheGroupOnly() {
        var wide = new Cooldowns(ScaleDownOptions.DEFAULT);
        wide.added("a", Sample.NOW);
        assertThat(wide.isWaiting("b", Sample.NOW.plusSeconds(599))).isTrue();
        assertThat(wide.isWaiting("b", Sample.NOW.plusSeconds(600))).isFalse();

        var local = new Cooldowns(
                AutoscalerFlags.parse(List.of("scale-down-delay-type-local=true", "scale-down-delay-after-delete=1m"))
                        .down());
        local.failed("a", Sample.NOW);
        local.removed("b", Sample.NOW);
        assertThat(local.isWaiting("a", Sample.NOW.plusSeconds(179))).isTrue();
        assertThat(local.isWaiting("b", Sample.NOW.plusSeconds(59))).isTrue();
        assertThat(local.isWaiting("b", Sample.NOW.plusSeconds(61))).isFalse();
        assertThat(local.isWaiting("c", Sample.NOW)).isFalse();
    }

    private static ScaleDownPlanner planner() {
        return new ScaleDownPlanner(ScaleUpOptions.DEFAULT, ScaleDownOptions.DEFAULT);
    }

    private void update(
            ScaleDownPlanner planner, Instant now, List<Node> nodes, List<Pod> pods, PodDisruptionBudget... budgets) {
        planner.update(Sample.at(now, nodes, pods, budgets), List.of(group.view()), Map.of(), List.of());
    }

    private ScaleDownPlanner.Removals removable(ScaleDownPlanner planner, Instant now, List<Node> nodes) {
        return planner.removable(now, List.of(group.view()), Map.of(), limits(nodes));
    }

    private static ClusterLimits limits(List<Node> nodes) {
        return new ClusterLimits(ScaleUpOptions.DEFAULT, nodes);
    }

    private static List<String> names(ScaleDownPlanner.Removals removals) {
        var all = new ArrayList<>(removals.empty());
        all.addAll(removals.drained());
        return all.stream().map(Removal::name).toList();
    }

    private static List<Node> nodes(int count) {
        var nodes = new ArrayList<Node>();
        for (int i = 1; i <= count; i++) {
            nodes.add(Sample.node("w-" + i, 2000, 8192));
        }
        return nodes;
    }
}
