package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetSpec;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetSpecBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReplicaStatusesTest {

    private static final Instant READY_FOR_TEN_SECONDS = Instant.parse("2026-01-01T00:00:20Z");

    @Test
    void podsAreCountedByWhatTheyAre() {
        Pod unlabeled = new PodBuilder(Samples.ready("b", "10.0.0.2"))
                .editMetadata()
                .removeFromLabels("tier")
                .endMetadata()
                .build();
        List<Pod> pods = List.of(labeled(Samples.ready("a", "10.0.0.1")), unlabeled, labeled(pending()));

        ReplicaSetStatus status = count(spec(11), pods, Optional.empty());

        assertThat(status.getReplicas()).isEqualTo(3);
        assertThat(status.getFullyLabeledReplicas()).isEqualTo(2);
        assertThat(status.getReadyReplicas()).isEqualTo(2);
        assertThat(status.getAvailableReplicas()).as("zero is left out").isNull();
        assertThat(status.getTerminatingReplicas()).isEqualTo(2);
        assertThat(status.getObservedGeneration()).isEqualTo(7);
        assertThat(status.getConditions()).isEmpty();
        assertThat(count(spec(10), pods, Optional.empty()).getAvailableReplicas())
                .isEqualTo(2);
    }

    @Test
    void aFailureStaysAsItBeganUntilThereIsNoneAnyMore() {
        ReplicaSetStatus failing = count(spec(0), List.of(), failure("over quota"));
        ReplicaSetStatus still = ReplicaStatuses.count(
                failing, 7L, spec(0), List.of(), 2, failure("over another"), READY_FOR_TEN_SECONDS.plusSeconds(60));
        ReplicaSetStatus over = ReplicaStatuses.count(
                still, 7L, spec(0), List.of(), 2, Optional.empty(), READY_FOR_TEN_SECONDS.plusSeconds(90));

        assertThat(failing.getConditions()).singleElement().satisfies(condition -> {
            assertThat(condition.getType()).isEqualTo("ReplicaFailure");
            assertThat(condition.getReason()).isEqualTo("FailedCreate");
            assertThat(condition.getMessage()).isEqualTo("over quota");
            assertThat(condition.getLastTransitionTime()).isEqualTo("2026-01-01T00:00:20Z");
        });
        assertThat(still.getConditions()).isEqualTo(failing.getConditions());
        assertThat(over.getConditions()).isEmpty();
    }

    private static ReplicaSetStatus count(
            ReplicaSetSpec spec, List<Pod> pods, Optional<ReplicaFailures.Failure> failure) {
        return ReplicaStatuses.count(new ReplicaSetStatus(), 7L, spec, pods, 2, failure, READY_FOR_TEN_SECONDS);
    }

    private static Optional<ReplicaFailures.Failure> failure(String message) {
        return Optional.of(new ReplicaFailures.Failure("FailedCreate", message));
    }

    private static ReplicaSetSpec spec(int minReadySeconds) {
        return new ReplicaSetSpecBuilder()
                .withMinReadySeconds(minReadySeconds)
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels("app", "web")
                .addToLabels("tier", "front")
                .endMetadata()
                .endTemplate()
                .build();
    }

    private static Pod pending() {
        return Samples.pod("c", null).build();
    }

    private static Pod labeled(Pod pod) {
        return new PodBuilder(pod)
                .editMetadata()
                .addToLabels("tier", "front")
                .endMetadata()
                .build();
    }
}
