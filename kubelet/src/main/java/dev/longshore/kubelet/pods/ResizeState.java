package dev.longshore.kubelet.pods;

import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import java.time.Instant;

/// How far a resize of the pod is.
///
/// @param reason empty while nothing is in the way
/// @param generation of the pod that asks for it
record ResizeState(String reason, String message, long generation, Instant since) {

    PodCondition toCondition(String type) {
        String at = Stamps.seconds(since);
        return new PodConditionBuilder()
                .withType(type)
                .withStatus("True")
                .withReason(reason.isEmpty() ? null : reason)
                .withMessage(message.isEmpty() ? null : message)
                .withLastProbeTime(at)
                .withLastTransitionTime(at)
                .withObservedGeneration(generation)
                .build();
    }
}
