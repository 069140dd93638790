package dev.longshore.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.scheduler.Cycle.Decision;
import dev.longshore.scheduler.devices.DeviceFacts;
import dev.longshore.scheduler.framework.ClusterEvent;
import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.PostFilter;
import dev.longshore.scheduler.framework.Snapshot;
import dev.longshore.scheduler.volumes.VolumeFacts;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Toleration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class CycleTest {

    private final Cycle cycle = new Cycle(
            Profiles.standard(VolumeFacts.NONE, DeviceFacts.NONE),
            PostFilter.NONE,
            new Nominations(),
            new FixedPods(),
            new Random(1));

    @Test
    void anEmptyClusterHasNoPlace() {
        assertThat(cycle.decide(pod("100m").view(), new Snapshot(List.of())))
                .isEqualTo(new Decision.Unschedulable(
                        "no nodes available to schedule pods", Set.of(ClusterEvent.NODE_ADDED)));
    }

    @Test
    void tooLittleProcessorIsSaidAsKubernetesSaysIt() {
        assertThat(cycle.decide(pod("1000").view(), cluster(node("a", "2"))))
                .isEqualTo(new Decision.Unschedulable(
                        "0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1"
                                + " nodes are available: 1 Preemption is not helpful for scheduling.",
                        Set.of(
                                ClusterEvent.NODE_ADDED,
                                ClusterEvent.NODE_ALLOCATABLE,
                                ClusterEvent.POD_GONE,
                                ClusterEvent.DEVICES)));
    }

    @Test
    void onlyWhatTheRejectingRulesAskForHelps() {
        Node cordoned = new NodeBuilder(node("a", "4"))
                .editSpec()
                .withUnschedulable(true)
                .endSpec()
                .build();

        assertThat(cycle.decide(pod("1").view(), cluster(cordoned)))
                .isInstanceOfSatisfying(
                        Decision.Unschedulable.class,
                        unschedulable -> assertThat(unschedulable.helpedBy())
                                .containsExactlyInAnyOrder(ClusterEvent.NODE_ADDED, ClusterEvent.NODE_TAINTS));
    }

    @Test
    void ofALargeClusterAPartIsEnough() {
        assertThat(Cycle.enough(99)).isEqualTo(99);
        assertThat(Cycle.enough(100)).isEqualTo(100);
        assertThat(Cycle.enough(1000)).isEqualTo(420);
        assertThat(Cycle.enough(6000)).isEqualTo(300);
    }

    @Test
    void aPlaceIsFoundWhereverInALargeClusterItIs() {
        var nodes = new ArrayList<NodeView>();
        for (int i = 0; i < 300; i++) {
            nodes.add(NodeView.of(node("n" + i, i == 299 ? "4" : "1"), List.of()));
        }
        var cluster = new Snapshot(nodes);
        cycle.decide(pod("100m").view(), cluster);

        assertThat(cycle.decide(pod("2").view(), cluster)).isEqualTo(new Decision.Bind("n299"));
    }

    @Test
    void theEmptierNodeIsBetter() {
        NodeView busy = NodeView.of(node("busy", "4"), List.of(pod("3").view()));
        NodeView idle = NodeView.of(node("idle", "4"), List.of());

        assertThat(cycle.decide(pod("500m").view(), new Snapshot(List.of(busy, idle))))
                .isEqualTo(new Decision.Bind("idle"));
    }

    @Test
    void aNodeSelectorLeadsToNodesWithThatLabel() {
        Node ssd = new NodeBuilder(node("ssd", "4"))
                .editMetadata()
                .addToLabels("disk", "ssd")
                .endMetadata()
                .build();

        assertThat(cycle.decide(pod("1").selecting("disk", "ssd").view(), cluster(node("a", "4"), ssd)))
                .isEqualTo(new Decision.Bind("ssd"));
        assertThat(cycle.decide(pod("1").selecting("disk", "tape").view(), cluster(ssd)))
                .extracting(Object::toString)
                .asString()
                .contains("1 node(s) didn't match Pod's node affinity/selector");
    }

    @Test
    void aTaintKeepsPodsAwayThatDoNotTolerateIt() {
        Node tainted = new NodeBuilder(node("a", "4"))
                .editSpec()
                .addNewTaint()
                .withKey("dedicated")
                .withValue("db")
                .withEffect("NoSchedule")
                .endTaint()
                .endSpec()
                .build();

        assertThat(cycle.decide(pod("1").view(), cluster(tainted)).toString())
                .contains("1 node(s) had untolerated taint {dedicated: db}");
        assertThat(cycle.decide(pod("1").tolerating("dedicated").view(), cluster(tainted)))
                .isEqualTo(new Decision.Bind("a"));
    }

    @Test
    void aCordonedNodeTakesNothing() {
        Node cordoned = new NodeBuilder(node("a", "4"))
                .editSpec()
                .withUnschedulable(true)
                .endSpec()
                .build();

        assertThat(cycle.decide(pod("1").view(), cluster(cordoned)).toString())
                .contains("1 node(s) were unschedulable");
    }

    @Property(tries = 200)
    void noNodeIsEverOvercommitted(
            @ForAll @Size(max = 30) List<@IntRange(min = 1, max = 3000) Integer> millis,
            @ForAll @IntRange(min = 1, max = 4) int nodes) {
        var placed = new ArrayList<List<PodView>>();
        for (int i = 0; i < nodes; i++) {
            placed.add(new ArrayList<>());
        }
        for (int request : millis) {
            PodView pod = pod(request + "m").view();
            var views = new ArrayList<NodeView>();
            for (int i = 0; i < nodes; i++) {
                views.add(NodeView.of(node("n" + i, "4"), placed.get(i)));
            }
            if (cycle.decide(pod, new Snapshot(views)) instanceof Decision.Bind(String name)) {
                placed.get(Integer.parseInt(name.substring(1))).add(pod);
            }
        }
        placed.forEach(pods -> assertThat(
                        pods.stream().mapToLong(pod -> pod.request("cpu")).sum())
                .isLessThanOrEqualTo(4000));
    }

    private static Snapshot cluster(Node... nodes) {
        return new Snapshot(List.of(nodes).stream()
                .map(node -> NodeView.of(node, List.of()))
                .toList());
    }

    private static Node node(String name, String cpu) {
        return new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .withNewStatus()
                .withAllocatable(
                        Map.of("cpu", new Quantity(cpu), "memory", new Quantity("8Gi"), "pods", new Quantity("110")))
                .endStatus()
                .build();
    }

    private static Wanted pod(String cpu) {
        return new Wanted(new PodBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("p")
                .withUid("u")
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("main")
                .withNewResources()
                .addToRequests("cpu", new Quantity(cpu))
                .endResources()
                .endContainer()
                .endSpec());
    }

    private record Wanted(PodBuilder pod) {

        Wanted selecting(String key, String value) {
            return new Wanted(pod.editSpec().addToNodeSelector(key, value).endSpec());
        }

        Wanted tolerating(String key) {
            return new Wanted(pod.editSpec()
                    .addToTolerations(new Toleration(null, key, "Exists", null, null))
                    .endSpec());
        }

        PodView view() {
            return PodView.of(pod.build());
        }
    }
}
