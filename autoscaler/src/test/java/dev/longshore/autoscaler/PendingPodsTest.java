package dev.longshore.autoscaler;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PendingPodsTest {

    private static final Node TWO_CORES = Sample.node("n", 2000, 8192);

    @Test
    void podsThatTheNodesOnTheirWayWillTakeNeedNoHelp() {
        List<Pod> pods = List.of(
                Sample.pending("web", 1, 1500, 100),
                Sample.pending("web", 2, 1500, 100),
                Sample.pending("web", 3, 1500, 100));
        var simulation = new Simulation(Sample.RULES);
        simulation.add(Sample.template(TWO_CORES).named("upcoming-0"));
        simulation.add(Sample.template(TWO_CORES).named("upcoming-1"));

        var pending = PendingPods.of(Sample.cluster(List.of(), pods), simulation, Map.of(), ScaleUpOptions.DEFAULT);

        assertThat(pending.helpless()).hasSize(1);
        assertThat(pending.isSomeoneWaiting()).isTrue();
    }

    @Test
    void daemonsExpendablePodsAndThoseTheSchedulerHasNotSeenAreNoReasonToGrow() {
        Pod daemon = new PodBuilder(Sample.pending("logs", 1, 100, 100))
                .editMetadata()
                .withOwnerReferences(Sample.owner("DaemonSet", "logs"))
                .endMetadata()
                .build();
        Pod cheap = new PodBuilder(Sample.pending("cheap", 1, 100, 100))
                .editSpec()
                .withPriority(-11)
                .endSpec()
                .build();
        Pod fresh = Sample.pod("fresh", 1, 100, 100).build();

        assertThat(helpless(ScaleUpOptions.DEFAULT, daemon, cheap, fresh)).isEmpty();
    }

    @Test
    void aPodForWhichOthersMakeRoomNeedsNoHelpAndTakesItsPlace() {
        Pod important = new PodBuilder(Sample.pending("important", 1, 1500, 100))
                .editStatus()
                .withNominatedNodeName("n")
                .endStatus()
                .build();
        Pod other = Sample.pending("web", 1, 600, 100);
        var cluster = Sample.cluster(List.of(TWO_CORES), List.of(important, other));

        var pending =
                PendingPods.of(cluster, cluster.simulation(cluster.nodes(), -10), Map.of(), ScaleUpOptions.DEFAULT);

        assertThat(pending.helpless()).containsExactly(other);
        assertThat(pending.isSomeoneWaiting()).isTrue();
    }

    @Test
    void podsMayBeGivenTimeToFindAPlace() {
        Pod patient = new PodBuilder(Sample.pending("web", 1, 100, 100))
                .editMetadata()
                .addToAnnotations("cluster-autoscaler.kubernetes.io/pod-scale-up-delay", "5m")
                .endMetadata()
                .build();
        Pod other = Sample.pending("web", 2, 100, 100);

        assertThat(helpless(ScaleUpOptions.DEFAULT, patient, other)).containsExactly(other);
        assertThat(helpless(
                        AutoscalerFlags.parse(List.of("new-pod-scale-up-delay=2m"))
                                .up(),
                        patient,
                        other))
                .isEmpty();
    }

    @Test
    void podsOfANodeThatIsBeingDrainedWillNeedAPlace() {
        Node drained = Sample.node(
                "old", 2000, 8192, node -> Sample.tainted(node, NodeTraits.TO_BE_DELETED, "1", "NoSchedule"));
        Pod leaving = Sample.running("web", 1, 500, 100, "old");
        var cluster = Sample.cluster(List.of(drained), List.of(leaving));

        var pending = PendingPods.of(
                cluster,
                cluster.simulation(cluster.nodes(), -10),
                Map.of("old", new Deletions.Ongoing("w", true)),
                ScaleUpOptions.DEFAULT);

        assertThat(pending.helpless()).containsExactly(leaving);
        assertThat(pending.isSomeoneWaiting()).isFalse();
    }

    @Test
    void theTemplateIsAReadyNodeWithoutWhatPassesOrWhatTheProviderSays() {
        var group = new FakeGroup(
                        "w",
                        0,
                        5,
                        Sample.node(
                                "t",
                                4000,
                                8192,
                                node -> Sample.tainted(
                                        node, "startup-taint.cluster-autoscaler.kubernetes.io/x", "", "NoSchedule")))
                .with(1);
        Node real = Sample.node(
                "w-1",
                2000,
                8192,
                node -> Sample.tainted(
                        Sample.tainted(node, NodeTraits.CANDIDATE, "1", "PreferNoSchedule"),
                        "dedicated",
                        "x",
                        "NoSchedule"));
        var templates = new Templates(ScaleUpOptions.DEFAULT);

        var fromNode = templates.of(group.view(), Sample.cluster(List.of(real), List.of()), Map.of());
        assertThat(NodeTraits.milliCores(fromNode.node())).isEqualTo(2000);
        assertThat(fromNode.node().getSpec().getTaints())
                .singleElement()
                .satisfies(taint -> assertThat(taint.getKey()).isEqualTo("dedicated"));
        assertThat(fromNode.named("new").labels()).containsEntry("kubernetes.io/hostname", "new");

        var fromProvider =
                templates.of(group.view(), Sample.cluster(List.of(Sample.unready(real)), List.of()), Map.of());
        assertThat(NodeTraits.milliCores(fromProvider.node())).isEqualTo(4000);
        assertThat(fromProvider.node().getSpec().getTaints()).isEmpty();
    }

    private static List<Pod> helpless(ScaleUpOptions options, Pod... pods) {
        return PendingPods.of(Sample.cluster(List.of(), List.of(pods)), new Simulation(Sample.RULES), Map.of(), options)
                .helpless();
    }
}
