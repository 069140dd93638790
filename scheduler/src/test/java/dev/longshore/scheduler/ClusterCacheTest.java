package dev.longshore.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.scheduler.framework.ClusterEvent;
import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ClusterCacheTest {

    private final ClusterCache cache = new ClusterCache();

    @Test
    void whatIsDecidedCountsBeforeTheClusterShowsIt() {
        cache.node(node("a"));

        cache.assume(pod("p"), "a");

        assertThat(onlyNode().requested()).containsEntry("cpu", 100L);
        assertThat(cache.isAssumed("p")).isTrue();
    }

    @Test
    void whatTheClusterConfirmsIsNotCountedTwice() {
        cache.node(node("a"));
        cache.assume(pod("p"), "a");

        assertThat(cache.put(pod("p").placed("a"))).isEmpty();

        assertThat(onlyNode().requested()).containsEntry("cpu", 100L);
        assertThat(cache.isAssumed("p")).isFalse();
    }

    @Test
    void aPodThatIsPlacedIsNotPlacedAgain() {
        cache.node(node("a"));
        cache.node(node("b"));
        cache.put(pod("p").placed("a"));

        assertThat(cache.assume(pod("p"), "b")).isFalse();
        assertThat(cache.isAssumed("p")).isFalse();
    }

    @Test
    void theClusterIsRightAboutWhereAPodIs() {
        cache.node(node("a"));
        cache.node(node("b"));
        cache.assume(pod("p"), "a");

        cache.put(pod("p").placed("b"));

        assertThat(cache.snapshot().nodes())
                .extracting(node -> node.pods().size())
                .containsExactly(0, 1);
    }

    @Test
    void aBindingThatFailsGivesItsRoomBack() {
        cache.node(node("a"));
        cache.assume(pod("p"), "a");

        assertThat(cache.forget("p")).containsExactly(ClusterEvent.POD_GONE);

        assertThat(onlyNode().pods()).isEmpty();
    }

    @Test
    void aBindingThatSeemedToFailButWasDoneStands() {
        cache.node(node("a"));
        cache.assume(pod("p"), "a");
        cache.put(pod("p").placed("a"));

        assertThat(cache.forget("p")).isEmpty();

        assertThat(onlyNode().pods()).hasSize(1);
    }

    @Test
    void podsThatCameBeforeTheirNodeCountWhenItComes() {
        cache.put(pod("p").placed("a"));
        assertThat(cache.snapshot().nodes()).isEmpty();

        assertThat(cache.node(node("a"))).containsExactly(ClusterEvent.NODE_ADDED);

        assertThat(onlyNode().pods()).hasSize(1);
    }

    @Test
    void onlyNodesThatChangedAreLookedAtAnew() {
        cache.node(node("a"));
        cache.node(node("b"));
        List<NodeView> before = cache.snapshot().nodes();

        cache.assume(pod("p"), "b");
        List<NodeView> after = cache.snapshot().nodes();

        assertThat(after.get(0)).isSameAs(before.get(0));
        assertThat(after.get(1)).isNotSameAs(before.get(1));
        assertThat(cache.snapshot()).isSameAs(cache.snapshot());
    }

    @Test
    void aNodeTellsWhatChangedOfIt() {
        cache.node(node("a"));
        Node cordoned = new NodeBuilder(node("a"))
                .editSpec()
                .withUnschedulable(true)
                .endSpec()
                .build();
        Node larger = new NodeBuilder(cordoned)
                .editStatus()
                .addToAllocatable("cpu", new Quantity("64"))
                .endStatus()
                .build();

        assertThat(cache.node(node("a"))).isEmpty();
        assertThat(cache.node(cordoned)).containsExactly(ClusterEvent.NODE_TAINTS);
        assertThat(cache.node(larger)).containsExactly(ClusterEvent.NODE_ALLOCATABLE);
        Node abler = new NodeBuilder(larger)
                .editStatus()
                .withDeclaredFeatures("RestartAllContainersOnContainerExits")
                .endStatus()
                .build();
        assertThat(cache.node(abler)).containsExactly(ClusterEvent.NODE_FEATURES);
        assertThat(cache.removeNode("a")).containsExactly(ClusterEvent.NODE_GONE);
        assertThat(cache.removeNode("a")).isEmpty();
    }

    /// Whatever happened before, a snapshot is what one gathered afresh would be.
    @Property(tries = 300)
    void aSnapshotIsWhatWouldBeGatheredAfresh(
            @ForAll @Size(max = 60) List<@IntRange(min = 0, max = 999) Integer> steps) {
        var fresh = new ClusterCache();
        var nodes = new ArrayList<String>();
        var placed = new HashMap<String, String>();
        for (int step : steps) {
            String node = "n" + step % 3;
            String pod = "p" + step / 3 % 5;
            switch (step / 15 % 6) {
                case 0 -> {
                    fresh.node(node(node));
                    nodes.remove(node);
                    nodes.add(node);
                }
                case 1 -> {
                    fresh.removeNode(node);
                    nodes.remove(node);
                }
                case 2 -> {
                    if (fresh.assume(pod(pod), node)) {
                        placed.put(pod, node);
                    }
                }
                case 3 -> {
                    fresh.put(pod(pod).placed(node));
                    placed.put(pod, node);
                }
                case 4 -> {
                    fresh.remove(pod);
                    placed.remove(pod);
                }
                default -> {
                    if (!fresh.forget(pod).isEmpty()) {
                        placed.remove(pod);
                    }
                }
            }
            assertThat(seen(fresh)).isEqualTo(gathered(nodes, placed));
        }
    }

    private static Map<String, List<String>> seen(ClusterCache cache) {
        var seen = new HashMap<String, List<String>>();
        cache.snapshot().nodes().forEach(node -> {
            seen.put(
                    node.name(), node.pods().stream().map(PodView::uid).sorted().toList());
            assertThat(node.requested().getOrDefault("cpu", 0L))
                    .isEqualTo(100L * node.pods().size());
        });
        return seen;
    }

    private static Map<String, List<String>> gathered(List<String> nodes, Map<String, String> placed) {
        var gathered = new HashMap<String, List<String>>();
        nodes.forEach(node -> gathered.put(
                node,
                placed.entrySet().stream()
                        .filter(entry -> entry.getValue().equals(node))
                        .map(Map.Entry::getKey)
                        .sorted(Comparator.naturalOrder())
                        .toList()));
        return gathered;
    }

    private NodeView onlyNode() {
        assertThat(cache.snapshot().nodes()).hasSize(1);
        return cache.snapshot().nodes().getFirst();
    }

    private static Node node(String name) {
        return new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .withNewStatus()
                .addToAllocatable("cpu", new Quantity("4"))
                .endStatus()
                .build();
    }

    private static PodView pod(String uid) {
        return PodView.of(new PodBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName(uid)
                .withUid(uid)
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("main")
                .withNewResources()
                .addToRequests("cpu", new Quantity("100m"))
                .endResources()
                .endContainer()
                .endSpec()
                .build());
    }
}
