package dev.longshore.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.ManualTime;
import dev.longshore.scheduler.framework.PodView;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class PodChangesTest {

    private final ClusterCache cache = new ClusterCache();
    private final SchedulingQueue queue = new SchedulingQueue(new ManualTime());
    private final Nominations nominations = new Nominations();
    private final PodChanges changes = new PodChanges(cache, queue, nominations);

    @Test
    void aPodWithoutNodeWaitsForOne() {
        changes.onAdd(waiting());

        assertThat(queue.isActive("u")).isTrue();
    }

    @Test
    void whoAsksForAnotherSchedulerIsLeftToIt() {
        changes.onAdd(
                with(waiting(), pod -> pod.editSpec().withSchedulerName("mine").endSpec()));

        assertThat(queue.size()).isZero();
    }

    @Test
    void aGatedPodWaitsUntilTheLastGateIsTakenAway() {
        Pod gated = with(
                waiting(),
                pod -> pod.editSpec().addNewSchedulingGate("example.com/quota").endSpec());
        changes.onAdd(gated);
        assertThat(queue.size()).isZero();

        changes.onUpdate(
                gated,
                with(waiting(), pod -> pod.editMetadata().withGeneration(2L).endMetadata()));

        assertThat(queue.isActive("u")).isTrue();
    }

    @Test
    void aPodWithANodeTakesRoomThereUntilItEnds() {
        Pod running = with(waiting(), pod -> pod.editSpec().withNodeName("a").endSpec());
        changes.onAdd(waiting());
        changes.onUpdate(waiting(), running);
        assertThat(queue.size()).isZero();
        assertThat(cache.assume(PodView.of(running), "b")).isFalse();

        changes.onUpdate(
                running,
                with(running, pod -> pod.editStatus().withPhase("Succeeded").endStatus()));

        assertThat(cache.assume(PodView.of(running), "b")).isTrue();
    }

    @Test
    void aStatusAloneChangesNothing() throws InterruptedException {
        changes.onAdd(waiting());
        queue.take();

        changes.onUpdate(
                waiting(),
                with(waiting(), pod -> pod.editStatus().withMessage("no room").endStatus()));
        queue.setAside(PodView.of(waiting()), queue.mark(), Set.of());

        // A change would have counted as help, and it would be backing off instead.
        assertThat(queue.isAside("u")).isTrue();
    }

    @Test
    void whatIsDecidedIsNotDecidedAgainBecauseALabelChanged() throws InterruptedException {
        changes.onAdd(waiting());
        queue.take();
        cache.assume(PodView.of(waiting()), "a");

        changes.onUpdate(
                waiting(),
                with(waiting(), pod -> pod.editMetadata().addToLabels("a", "b").endMetadata()));

        assertThat(queue.active()).isZero();
    }

    @Test
    void aNominationIsHeardOfAndWakesNobody() throws InterruptedException {
        changes.onAdd(waiting());
        queue.take();
        queue.setAside(PodView.of(waiting()), queue.mark(), Set.of());
        Pod nominated = with(
                waiting(), pod -> pod.editStatus().withNominatedNodeName("a").endStatus());

        changes.onUpdate(waiting(), nominated);
        assertThat(nominations.node("u")).contains("a");
        assertThat(queue.isAside("u")).isTrue();

        changes.onUpdate(nominated, waiting());
        assertThat(nominations.node("u")).isEmpty();
    }

    @Test
    void aPodThatGoesIsForgottenEverywhere() {
        changes.onAdd(waiting());
        cache.assume(PodView.of(waiting()), "a");

        changes.onDelete(waiting(), false);

        assertThat(queue.size()).isZero();
        assertThat(cache.isAssumed("u")).isFalse();
    }

    private static Pod waiting() {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("p")
                .withUid("u")
                .withGeneration(1L)
                .endMetadata()
                .withNewSpec()
                .withSchedulerName("default-scheduler")
                .addNewContainer()
                .withName("main")
                .endContainer()
                .endSpec()
                .withNewStatus()
                .withPhase("Pending")
                .endStatus()
                .build();
    }

    private static Pod with(Pod pod, UnaryOperator<PodBuilder> change) {
        return change.apply(new PodBuilder(pod)).build();
    }
}
