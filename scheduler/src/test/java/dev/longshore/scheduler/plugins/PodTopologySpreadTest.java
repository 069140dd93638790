package dev.longshore.scheduler.plugins;

import static dev.longshore.scheduler.plugins.Sample.HOST;
import static dev.longshore.scheduler.plugins.Sample.ZONE;
import static dev.longshore.scheduler.plugins.Sample.app;
import static dev.longshore.scheduler.plugins.Sample.node;
import static dev.longshore.scheduler.plugins.Sample.pod;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.Snapshot;
import dev.longshore.scheduler.framework.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;

class PodTopologySpreadTest {

    private final PodTopologySpread rule = new PodTopologySpread();

    @Test
    void refusesTheZoneThatWouldGetTooFarAhead() {
        var cluster = new Snapshot(List.of(node("a", "east", pod("web")), node("b", "west")));
        PodView next = spread("DoNotSchedule", ZONE, 1);

        assertThat(verdicts(next, cluster))
                .containsExactly(Verdict.crowded("node(s) didn't match pod topology spread constraints"), Verdict.FITS);
    }

    @Test
    void refusesNodesOutsideOfEveryZone() {
        var cluster = new Snapshot(List.of(node("a", "east"), node("b", "")));

        assertThat(verdicts(spread("DoNotSchedule", ZONE, 1), cluster))
                .containsExactly(
                        Verdict.FITS,
                        Verdict.rejected(
                                "node(s) didn't match pod topology spread constraints (missing required label)"));
    }

    @Test
    void countsZonesThatAreMissingAsEmptyWhenSoManyAreAskedFor() {
        var cluster = new Snapshot(List.of(node("a", "east", pod("web"))));
        PodView alone = spread("DoNotSchedule", ZONE, 1);
        PodView ofThree = pod(
                "web",
                builder -> builder.editSpec()
                        .addNewTopologySpreadConstraint()
                        .withTopologyKey(ZONE)
                        .withMaxSkew(1)
                        .withMinDomains(3)
                        .withWhenUnsatisfiable("DoNotSchedule")
                        .withLabelSelector(app("web"))
                        .endTopologySpreadConstraint()
                        .endSpec());

        assertThat(verdicts(alone, cluster)).containsExactly(Verdict.FITS);
        assertThat(verdicts(ofThree, cluster).getFirst()).isInstanceOf(Verdict.Rejected.class);
    }

    @Test
    void leavesOutNodesThatThePodMayNotRunOn() {
        // West is empty and not for this pod: it must not hold east back.
        var cluster = new Snapshot(List.of(node("a", "east", pod("web")), node("b", "west")));
        PodView pinned = pod(
                "web",
                builder -> builder.editSpec()
                        .addToNodeSelector(ZONE, "east")
                        .addNewTopologySpreadConstraint()
                        .withTopologyKey(ZONE)
                        .withMaxSkew(1)
                        .withWhenUnsatisfiable("DoNotSchedule")
                        .withLabelSelector(app("web"))
                        .endTopologySpreadConstraint()
                        .endSpec());

        assertThat(verdicts(pinned, cluster).getFirst()).isEqualTo(Verdict.FITS);
    }

    @Test
    void doesNotCarryCountsFromOneSnapshotToTheNext() {
        PodView next = spread("DoNotSchedule", HOST, 1);
        var before = new Snapshot(List.of(node("a", "", pod("web")), node("b", "")));
        var after = new Snapshot(List.of(node("a", "", pod("web")), node("b", "", pod("web"))));

        assertThat(verdicts(next, before).getFirst()).isInstanceOf(Verdict.Rejected.class);
        assertThat(verdicts(next, after)).containsExactly(Verdict.FITS, Verdict.FITS);
    }

    @Test
    void prefersTheEmptierZoneWhereItMayNotInsist() {
        var cluster = new Snapshot(
                List.of(node("a", "east", pod("web"), pod("web")), node("b", "west", pod("web")), node("c", "")));
        PodView next = spread("ScheduleAnyway", ZONE, 1);

        long[] points = rule.score(next, cluster.nodes(), cluster);

        assertThat(points[1]).isGreaterThan(points[0]);
        assertThat(points[2]).as("no zone at all").isZero();
        assertThat(verdicts(next, cluster)).containsOnly(Verdict.FITS);
    }

    @Test
    void spreadsTheSiblingsOfPodsThatAskForNothing() {
        var cluster = new Snapshot(List.of(node("a", "", sibling(), sibling()), node("b", "")));

        long[] points = rule.score(sibling(), cluster.nodes(), cluster);

        assertThat(points[1]).isGreaterThan(points[0]);
        assertThat(rule.score(pod("lonely"), cluster.nodes(), cluster)).containsOnly(0, 0);
    }

    private List<Verdict> verdicts(PodView pod, Snapshot cluster) {
        return cluster.nodes().stream()
                .map((NodeView node) -> rule.filter(pod, node, cluster))
                .toList();
    }

    private static PodView spread(String whenUnsatisfiable, String key, int maxSkew) {
        return pod(
                "web",
                builder -> builder.editSpec()
                        .addNewTopologySpreadConstraint()
                        .withTopologyKey(key)
                        .withMaxSkew(maxSkew)
                        .withWhenUnsatisfiable(whenUnsatisfiable)
                        .withLabelSelector(app("web"))
                        .endTopologySpreadConstraint()
                        .endSpec());
    }

    private static PodView sibling() {
        return pod(
                "web",
                builder -> builder.editMetadata()
                        .addNewOwnerReference()
                        .withUid("set")
                        .withController(true)
                        .endOwnerReference()
                        .endMetadata());
    }
}
