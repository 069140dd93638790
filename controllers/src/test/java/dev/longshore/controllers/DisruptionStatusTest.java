package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.controllers.DisruptionStatus.Demand;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DisruptionStatusTest {

    private static final Instant NOW = Instant.parse("2026-01-01T01:00:00Z");

    private static PodDisruptionBudget budget(IntOrString mustStay, IntOrString mayGo) {
        return new PodDisruptionBudgetBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("web")
                .withGeneration(3L)
                .endMetadata()
                .withNewSpec()
                .withMinAvailable(mustStay)
                .withMaxUnavailable(mayGo)
                .endSpec()
                .build();
    }

    private static PodDisruptionBudget promising(PodDisruptionBudget budget, String pod, Instant when) {
        return new PodDisruptionBudgetBuilder(budget)
                .withNewStatus()
                .withDisruptedPods(Map.of(pod, when.toString()))
                .endStatus()
                .build();
    }

    private static DisruptionStatus status(PodDisruptionBudget budget, int expected, Pod... pods) {
        return DisruptionStatus.of(budget, List.of(pods), Demand.of(budget, expected), NOW);
    }

    private static Condition condition(DisruptionStatus status) {
        assertThat(status.status().getConditions()).hasSize(1);
        return status.status().getConditions().getFirst();
    }

    @Test
    void whatMustStayIsANumberOrAShareRoundedUp() {
        assertThat(Demand.of(budget(new IntOrString(2), null), 5)).isEqualTo(new Demand(5, 2));
        assertThat(Demand.of(budget(new IntOrString("30%"), null), 5)).isEqualTo(new Demand(5, 2));
        assertThat(Demand.of(budget(null, new IntOrString("30%")), 5)).isEqualTo(new Demand(5, 3));
        assertThat(Demand.of(budget(null, new IntOrString(9)), 5)).isEqualTo(new Demand(5, 0));
    }

    @Test
    void asManyMayGoAsAreHealthyBeyondWhatMustStay() {
        var status = status(
                budget(new IntOrString(1), null),
                3,
                Samples.ready("a", "10.0.0.1"),
                Samples.ready("b", "10.0.0.2"),
                Samples.pod("c", "10.0.0.3").build());

        assertThat(status.status().getCurrentHealthy()).isEqualTo(2);
        assertThat(status.status().getDisruptionsAllowed()).isEqualTo(1);
        assertThat(status.status().getObservedGeneration()).isEqualTo(3);
        assertThat(condition(status).getReason()).isEqualTo("SufficientPods");
        assertThat(status.nextLook()).isEmpty();
    }

    @Test
    void nothingMayGoWhileNothingIsExpected() {
        var status = status(budget(null, new IntOrString(1)), 0);

        assertThat(status.status().getDisruptionsAllowed()).isZero();
        assertThat(condition(status).getReason()).isEqualTo("InsufficientPods");
    }

    @Test
    void aPodPromisedToAnEvictionCountsAsGoneForTwoMinutes() {
        var budget = promising(budget(new IntOrString(0), null), "a", NOW.minusSeconds(90));
        var status = status(budget, 1, Samples.ready("a", "10.0.0.1"));

        assertThat(status.status().getCurrentHealthy()).isZero();
        assertThat(status.status().getDisruptedPods()).containsOnlyKeys("a");
        assertThat(status.nextLook()).isEqualTo(Optional.of(Duration.ofSeconds(30)));
        assertThat(status.broken()).isEmpty();
    }

    @Test
    void aPromiseThatWasNotKeptIsVoidAfterTwoMinutes() {
        var budget = promising(budget(new IntOrString(0), null), "a", NOW.minusSeconds(121));
        var status = status(budget, 1, Samples.ready("a", "10.0.0.1"));

        assertThat(status.status().getCurrentHealthy()).isOne();
        assertThat(status.status().getDisruptedPods()).isNullOrEmpty();
        assertThat(status.broken()).hasSize(1);
    }

    @Test
    void podsThatAreBeingDeletedOrGoneAreNoLongerPromised() {
        var deleted = new PodBuilder(Samples.ready("a", "10.0.0.1"))
                .editMetadata()
                .withDeletionTimestamp(NOW.toString())
                .endMetadata()
                .build();
        var status = status(promising(budget(new IntOrString(0), null), "a", NOW), 1, deleted);

        assertThat(status.status().getCurrentHealthy()).isZero();
        assertThat(status.status().getDisruptedPods()).isNullOrEmpty();
    }

    @Test
    void theSameStatusIsNotWrittenTwiceAndItsTimeStays() {
        var budget = budget(new IntOrString(1), null);
        var first = status(budget, 1, Samples.ready("a", "10.0.0.1"));
        var written = new PodDisruptionBudgetBuilder(budget)
                .withStatus(first.status())
                .build();
        var later = DisruptionStatus.of(
                written, List.of(Samples.ready("a", "10.0.0.1")), Demand.of(budget, 1), NOW.plusSeconds(60));

        assertThat(first.isIn(budget)).isFalse();
        assertThat(later.isIn(written)).isTrue();
    }

    @Test
    void whatCannotBeFoundOutAllowsNothing() {
        var budget = budget(null, new IntOrString(1));
        var failed = DisruptionStatus.failed(budget, "found no controllers for pod \"a\"", NOW);

        assertThat(failed.getDisruptionsAllowed()).isZero();
        assertThat(failed.getConditions().getFirst().getReason()).isEqualTo("SyncFailed");
        assertThat(failed.getConditions().getFirst().getMessage()).isEqualTo("found no controllers for pod \"a\"");
    }

    @Test
    void aTargetThatIsNotDeletedIsOneNoMoreAfterTwoMinutes() {
        Pod target = new PodBuilder(Samples.ready("a", "10.0.0.1"))
                .editStatus()
                .addNewCondition()
                .withType("DisruptionTarget")
                .withStatus("True")
                .withReason("EvictionByEvictionAPI")
                .withLastTransitionTime(NOW.minusSeconds(100).toString())
                .endCondition()
                .endStatus()
                .build();

        assertThat(StaleDisruptionController.untilStale(target, NOW)).isEqualTo(Optional.of(Duration.ofSeconds(20)));
        Pod takenBack = StaleDisruptionController.takenBack(target, NOW);
        assertThat(StaleDisruptionController.untilStale(takenBack, NOW)).isEmpty();
        assertThat(takenBack.getStatus().getConditions()).hasSize(2);
    }
}
