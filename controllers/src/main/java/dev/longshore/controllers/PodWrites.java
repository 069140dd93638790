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

    private static final int LONGEST_NAME = 253;

    private final KubernetesClient client;
    private final EventRecorder events;
    private final Expectations expectations;
    private final WrittenVersions written;

    PodWrites(KubernetesClient client, EventRecorder events, Expectations expectations, WrittenVersions written) {
        this.client = client;
        this.events = events;
        this.expectations = expectations;
        this.written = written;
    }

    /// A pod of `template` whose name the server chooses and that `owner` controls.
    static PodBuilder podOf(HasMetadata owner, PodTemplateSpec template) {
        String name = owner.getMetadata().getName();
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace(owner.getMetadata().getNamespace())
                .withGenerateName(name.length() < LONGEST_NAME ? name + "-" : name)
                .withLabels(template.getMetadata().getLabels())
                .withAnnotations(template.getMetadata().getAnnotations())
                .withFinalizers(template.getMetadata().getFinalizers())
                .withOwnerReferences(Keys.controlledBy(owner))
                .endMetadata()
                .withSpec(template.getSpec());
    }

    /// Creates in growing batches (1, 2, 4 and so on at once), so that a quota that is used up is met once and
    /// not five hundred times.
    ///
    /// @return what came of it; batches after one in which a pod was refused were not tried
    SlowStart.Result create(HasMetadata owner, List<Pod> pods) {
        String uid = owner.getMetadata().getUid();
        expectations.creations(uid, pods.size());
        SlowStart.Result result = SlowStart.inBatches(pods, pod -> create(owner, pod));
        for (int untried = result.tried(); untried < pods.size(); untried++) {
            expectations.created(uid);
        }
        return result;
    }

    /// Deletes all of `pods` at once.
    SlowStart.Result delete(HasMetadata owner, List<Pod> pods) {
        expectDeletions(owner, pods);
        return SlowStart.atOnce(pods, pod -> delete(owner, pod));
    }

    /// Before [#delete] of single pods.
    void expectDeletions(HasMetadata owner, List<Pod> pods) {
        pods.forEach(pod -> expectations.deletion(
                owner.getMetadata().getUid(), pod.getMetadata().getUid()));
    }

    /// `pod` could not be deleted.
    void dropDeletion(HasMetadata owner, Pod pod) {
        expectations.deleted(owner.getMetadata().getUid(), pod.getMetadata().getUid());
    }

    private Optional<KubernetesClientException> create(HasMetadata owner, Pod pod) {
        try {
            Pod made = client.resource(pod).create();
            written.wrote(owner, made);
            events.event(
                    owner,
                    EventRecorder.Type.NORMAL,
                    "SuccessfulCreate",
                    "Created pod: " + made.getMetadata().getName());
            return Optional.empty();
        } catch (KubernetesClientException refused) {
            expectations.created(owner.getMetadata().getUid());
            if (Refusals.isOfEndingNamespace(refused)) {
                return Optional.empty();
            }
            events.event(
                    owner, EventRecorder.Type.WARNING, "FailedCreate", "Error creating: " + Refusals.message(refused));
            return Optional.of(refused);
        }
    }

    /// @return why the server refused
    Optional<KubernetesClientException> delete(HasMetadata owner, Pod pod) {
        try {
            if (client.resource(pod).delete().isEmpty()) {
                // Somebody else was faster: there is nothing to see, and nothing to tell.
                dropDeletion(owner, pod);
                return Optional.empty();
            }
            events.event(
                    owner,
                    EventRecorder.Type.NORMAL,
                    "SuccessfulDelete",
                    "Deleted pod: " + pod.getMetadata().getName());
            return Optional.empty();
        } catch (KubernetesClientException refused) {
            dropDeletion(owner, pod);
            events.event(
                    owner, EventRecorder.Type.WARNING, "FailedDelete", "Error deleting: " + Refusals.message(refused));
            return Optional.of(refused);
        }
    }
}
