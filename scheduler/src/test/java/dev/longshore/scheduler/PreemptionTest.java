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
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/// Nodes have four processors.
class PreemptionTest {

    private static final String FULL = "0/1 nodes are available: 1 Insufficient cpu.";

    private final Nominations nominations = new Nominations();
    private final FixedPods facts = new FixedPods();
    private final Cycle cycle = new Cycle(
            Profiles.standard(VolumeFacts.NONE, DeviceFacts.NONE), PostFilter.NONE, nominations, facts, new Random(1));

    @Test
    void theFewestLeastImportantPodsMakeRoom() {
        var cluster = cluster(node("a", pod("low", 1, 1), pod("middle", 5, 1), pod("high", 9, 2)));

        Decision.Unschedulable decision = decide(pod("vip", 10, 1), cluster);

        assertThat(decision.victims()).map(Victims::node).contains("a");
        assertThat(names(decision)).containsExactly("low");
        assertThat(decision.message()).isEqualTo(FULL);
        assertThat(decision.helpedBy()).contains(ClusterEvent.POD_GONE);
    }

    @Test
    void podsThatAreAsImportantStay() {
        Decision.Unschedulable decision = decide(pod("vip", 10, 1), cluster(node("a", pod("peer", 10, 4))));

        assertThat(decision.victims()).isEmpty();
        assertThat(decision.message())
                .isEqualTo(FULL
                        + " no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming"
                        + " pod.");
        assertThat(decision.isNominationOver()).isTrue();
    }

    @Test
    void whereEvenAllOfThemAreNotEnoughNobodyGoes() {
        Decision.Unschedulable decision =
                decide(pod("vip", 10, 3), cluster(node("a", pod("peer", 10, 2), pod("low", 1, 2))));

        assertThat(decision.victims()).isEmpty();
        assertThat(decision.message())
                .isEqualTo(FULL
                        + " no new claims to deallocate, preemption: 0/1 nodes are available: 1 Insufficient cpu.");
    }

    @Test
    void aNodeThatIsTooSmallIsNotWorthClearing() {
        assertThat(decide(pod("vip", 10, 5), cluster(node("a", pod("low", 1, 4))))
                        .message())
                .isEqualTo(
                        FULL
                                + " no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.");
    }

    @Test
    void whosePolicyIsNeverTakesNobodysPlace() {
        facts.peaceful.add("vip");

        Decision.Unschedulable decision = decide(pod("vip", 10, 1), cluster(node("a", pod("low", 1, 4))));

        assertThat(decision.victims()).isEmpty();
        assertThat(decision.message())
                .isEqualTo(
                        FULL + " no new claims to deallocate, preemption: not eligible due to preemptionPolicy=Never.");
    }

    @Test
    void nobodyElseGoesWhileRoomIsBeingMade() {
        PodView vip = pod("vip", 10, 1);
        nominations.put(vip, "a");
        facts.makingRoom.add("going");

        Decision.Unschedulable decision = decide(vip, cluster(node("a", pod("going", 1, 2), pod("low", 1, 2))));

        assertThat(decision.victims()).isEmpty();
        assertThat(decision.isNominationOver()).isFalse();
        assertThat(decision.message())
                .isEqualTo(
                        FULL
                                + " no new claims to deallocate, preemption: not eligible due to a terminating pod on the nominated node.");
    }

    @Test
    void roomThatWasMadeForSomebodyIsNotForTheLessImportant() {
        PodView vip = pod("vip", 10, 4);
        nominations.put(vip, "a");
        var cluster = cluster(node("a"));

        assertThat(decide(pod("low", 1, 1), cluster).message()).startsWith(FULL);
        assertThat(cycle.decide(pod("boss", 11, 1), cluster)).isEqualTo(new Decision.Bind("a"));
        assertThat(cycle.decide(vip, cluster)).isEqualTo(new Decision.Bind("a"));
    }

    @Test
    void theNodeThatWasClearedIsTakenEvenIfAnotherWouldBeBetter() {
        PodView vip = pod("vip", 10, 1);
        nominations.put(vip, "busy");

        assertThat(cycle.decide(vip, cluster(node("busy", pod("other", 1, 3)), node("idle"))))
                .isEqualTo(new Decision.Bind("busy"));
    }

    @Test
    void budgetsAreKeptWhereThereIsAChoice() {
        budget("guarded", 0);
        var cluster = cluster(node("a", pod("guarded", 1, 4)), node("b", pod("free", 5, 4)));

        assertThat(names(decide(pod("vip", 10, 1), cluster))).containsExactly("free");
    }

    @Test
    void onOneNodeThoseGoFirstWhoseBudgetAllowsIt() {
        budget("guarded", 0);

        assertThat(names(decide(pod("vip", 10, 2), cluster(node("a", pod("guarded", 1, 2), pod("free", 5, 2))))))
                .containsExactly("free");
    }

    @Test
    void aBudgetDoesNotSaveWhenThereIsNoOtherWay() {
        budget("guarded", 0);

        Decision.Unschedulable decision = decide(pod("vip", 10, 1), cluster(node("a", pod("guarded", 1, 4))));

        assertThat(names(decision)).containsExactly("guarded");
        assertThat(decision.victims()).map(Victims::violations).contains(1);
    }

    @Test
    void whatABudgetStillAllowsIsNoViolation() {
        budget("guarded", 1);

        assertThat(decide(pod("vip", 10, 1), cluster(node("a", pod("guarded", 1, 4))))
                        .victims())
                .map(Victims::violations)
                .contains(0);
    }

    @Test
    void theNodeWhoseHighestVictimIsLeastImportantIsCleared() {
        var cluster = cluster(
                node("a", pod("p1", 5, 4)), node("b", pod("p2", 1, 2), pod("p3", 1, 2)), node("c", pod("p4", 7, 4)));

        assertThat(decide(pod("vip", 10, 4), cluster).victims())
                .map(Victims::node)
                .contains("b");
    }

    @Test
    void ofEqualVictimsTheFewestGoAndOfEquallyManyTheYoungest() {
        var fewer = cluster(node("a", pod("p1", 1, 2), pod("p2", 1, 2)), node("b", pod("p3", 1, 4)));
        assertThat(decide(pod("vip", 10, 4), fewer).victims())
                .map(Victims::node)
                .contains("b");

        facts.started.put("old", Instant.ofEpochSecond(100));
        facts.started.put("young", Instant.ofEpochSecond(200));
        var equal = cluster(node("a", pod("old", 1, 4)), node("b", pod("young", 1, 4)));
        assertThat(decide(pod("vip", 10, 4), equal).victims())
                .map(Victims::node)
                .contains("b");
    }

    /// Whoever goes is less important, the pod fits then, and it would not if any one of them stayed.
    @Property(tries = 200)
    void victimsAreLessImportantEnoughAndNotOneTooMany(
            @ForAll @Size(min = 1, max = 8) List<@IntRange(min = 0, max = 59) Integer> there,
            @ForAll @IntRange(min = 1, max = 4) int wanted) {
        var pods = new ArrayList<PodView>();
        int used = 0;
        for (int code : there) {
            int size = 1 + code % 3;
            if (used + size <= 4) {
                used += size;
                pods.add(pod("p" + pods.size(), code / 3, size));
            }
        }
        PodView vip = pod("vip", 10, wanted);
        NodeView node = node("a", pods.toArray(PodView[]::new));
        if (!(fresh().decide(vip, cluster(node)) instanceof Decision.Unschedulable decision)
                || decision.victims().isEmpty()) {
            return;
        }
        List<PodView> victims = decision.victims().get().pods();
        assertThat(victims).allMatch(victim -> victim.priority() < 10);
        NodeView left = node;
        for (PodView victim : victims) {
            left = left.minus(victim.uid());
        }
        assertThat(fresh().decide(vip, cluster(left))).isEqualTo(new Decision.Bind("a"));
        for (PodView victim : victims) {
            assertThat(fresh().decide(vip, cluster(left.plus(victim)))).isInstanceOf(Decision.Unschedulable.class);
        }
    }

    private static Cycle fresh() {
        return new Cycle(
                Profiles.standard(VolumeFacts.NONE, DeviceFacts.NONE),
                PostFilter.NONE,
                new Nominations(),
                new FixedPods(),
                new Random(1));
    }

    private Decision.Unschedulable decide(PodView pod, Snapshot cluster) {
        return (Decision.Unschedulable) cycle.decide(pod, cluster);
    }

    private static List<String> names(Decision.Unschedulable decision) {
        return Optional.of(decision).flatMap(Decision.Unschedulable::victims).stream()
                .flatMap(victims -> victims.pods().stream())
                .map(PodView::name)
                .toList();
    }

    private void budget(String name, int allowed) {
        facts.budgets.add(new PodDisruptionBudgetBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withNewSelector()
                .addToMatchLabels("app", name)
                .endSelector()
                .endSpec()
                .withNewStatus()
                .withDisruptionsAllowed(allowed)
                .endStatus()
                .build());
    }

    private static Snapshot cluster(NodeView... nodes) {
        return new Snapshot(List.of(nodes));
    }

    private static NodeView node(String name, PodView... pods) {
        return NodeView.of(
                new NodeBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .withNewSpec()
                        .endSpec()
                        .withNewStatus()
                        .withAllocatable(Map.of("cpu", new Quantity("4"), "pods", new Quantity("110")))
                        .endStatus()
                        .build(),
                List.of(pods));
    }

    private static PodView pod(String name, int priority, int processors) {
        return PodView.of(new PodBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName(name)
                .withUid("uid-" + name)
                .addToLabels("app", name)
                .endMetadata()
                .withNewSpec()
                .withPriority(priority)
                .addNewContainer()
                .withName("main")
                .withNewResources()
                .addToRequests("cpu", new Quantity(Integer.toString(processors)))
                .endResources()
                .endContainer()
                .endSpec()
                .build());
    }
}
