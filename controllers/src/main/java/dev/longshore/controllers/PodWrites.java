package dev.longshore.controllers;

import dev.longshore.client.EventRecorder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Optional;

/// Creates and deletes the pods of an owner, expects to see that come back, and tells of it in events.
final class PodWrites {

    private static final int NOT_FOUND = 404;

    private final KubernetesClient client;
    private final EventRecorder events;
    private final Expectations expectations;

    PodWrites(KubernetesClient client, EventRecorder events, Expectations expectations) {
        this.client = client;
        this.events = events;
        this.expectations = expectations;
    }

    /// A pod of `template` whose name the server chooses and that `owner` controls.
    static PodBuilder podOf(HasMetadata owner, PodTemplateSpec template) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace(owner.getMetadata().getNamespace())
                .withGenerateName(owner.getMetadata().getName() + "-")
                .withLabels(template.getMetadata().getLabels())
                .withAnnotations(template.getMetadata().getAnnotations())
                .withFinalizers(template.getMetadata().getFinalizers())
                .withOwnerReferences(Keys.controlledBy(owner))
                .endMetadata()
                .withSpec(template.getSpec());
    }

    /// Creates in growing batches, so that a quota that is used up is met once and not five hundred times.
    ///
    /// @return why the server refused one; those after it were not tried
    Optional<String> create(String key, HasMetadata owner, List<Pod> pods) {
        int batch = 1;
        for (int made = 0; made < pods.size(); batch *= 2) {
            int size = Math.min(batch, pods.size() - made);
            expectations.creations(key, size);
            for (int i = 0; i < size; i++) {
                try {
                    Pod pod = client.resource(pods.get(made + i)).create();
                    events.event(
                            owner,
                            EventRecorder.Type.NORMAL,
                            "SuccessfulCreate",
                            "Created pod: " + pod.getMetadata().getName());
                } catch (KubernetesClientException refused) {
                    for (int unmade = i; unmade < size; unmade++) {
                        expectations.created(key);
                    }
                    String why = message(refused);
                    events.event(owner, EventRecorder.Type.WARNING, "FailedCreate", "Error creating: " + why);
                    return Optional.of(why);
                }
            }
            made += size;
        }
        return Optional.empty();
    }

    void delete(String key, HasMetadata owner, Pod pod) {
        String uid = pod.getMetadata().getUid();
        expectations.deletion(key, uid);
        try {
            client.resource(pod).delete();
            events.event(
                    owner,
                    EventRecorder.Type.NORMAL,
                    "SuccessfulDelete",
                    "Deleted pod: " + pod.getMetadata().getName());
        } catch (KubernetesClientException refused) {
            expectations.deleted(key, uid);
            if (refused.getCode() == NOT_FOUND) {
                return;
            }
            events.event(owner, EventRecorder.Type.WARNING, "FailedDelete", "Error deleting: " + message(refused));
            throw refused;
        }
    }

    private static String message(KubernetesClientException refused) {
        return refused.getStatus() != null && refused.getStatus().getMessage() != null
                ? refused.getStatus().getMessage()
                : refused.getMessage();
    }
}
