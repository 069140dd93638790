package dev.longshore.controllers;

import dev.longshore.client.EventRecorder;
import dev.longshore.client.Informers;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Optional;

/// Writes the pods of StatefulSets and the claims that belong to them, and tells of it in events. The server
/// refuses a name twice, so nothing need be expected.
final class StatefulPodWrites {

    private final KubernetesClient client;
    private final Informers informers;
    private final EventRecorder events;
    private final WrittenVersions written;

    StatefulPodWrites(KubernetesClient client, Informers informers, EventRecorder events, WrittenVersions written) {
        this.client = client;
        this.informers = informers;
        this.events = events;
        this.written = written;
    }

    /// Makes `pod`, its claims first. Waits while one of these still belongs to an earlier pod of its name.
    ///
    /// @throws KubernetesClientException when the server refuses, or a claim is on its way out
    void create(StatefulSet set, Pod pod) {
        if (awaitsOldClaims(set, pod)) {
            return;
        }
        try {
            createClaims(set, pod);
        } catch (KubernetesClientException refused) {
            tell(set, pod, "Create", refused);
            throw refused;
        }
        Pod made;
        try {
            made = client.resource(pod).create();
            written.wrote(set, made);
        } catch (KubernetesClientException refused) {
            if (!Refusals.isAlreadyThere(refused)) {
                tell(set, pod, "Create", refused);
            }
            throw refused;
        }
        giveClaims(set, made);
        tell(set, made, "Create");
    }

    /// Sees to it that a pod that is there has its claims, its labels, and its claims the right owners.
    void tend(StatefulSet set, StatefulPlan.Step.Tend step) {
        Pod pod = step.pod();
        if (step.needsClaims()) {
            createClaims(set, pod);
            giveClaims(set, pod);
        }
        if (!step.isRepaired()) {
            return;
        }
        boolean isSound = StatefulPods.hasIdentity(pod) && StatefulPods.hasStorage(set, pod);
        try {
            if (!StatefulPods.hasStorage(set, pod)) {
                createClaims(set, pod);
            }
            giveClaims(set, pod);
            if (!isSound) {
                written.wrote(
                        set, client.resource(StatefulPods.repaired(set, pod)).update());
                tell(set, pod, "Update");
            }
        } catch (KubernetesClientException refused) {
            tell(set, pod, "Update", refused);
            throw refused;
        }
    }

    void delete(StatefulSet set, Pod pod) {
        try {
            if (client.resource(pod).delete().isEmpty()) {
                throw Refusals.notFound("pods \"%s\" not found".formatted(name(pod)));
            }
        } catch (KubernetesClientException refused) {
            tell(set, pod, "Delete", refused);
            throw refused;
        }
        tell(set, pod, "Delete");
    }

    /// Makes the owners of the claims of `pod` what the set's retention policy says.
    void giveClaims(StatefulSet set, Pod pod) {
        for (PersistentVolumeClaim wanted : StatefulPods.claims(set, name(pod))) {
            Optional<PersistentVolumeClaim> found = find(wanted);
            if (found.isEmpty()) {
                continue;
            }
            var owners = new ClaimOwners(found.get(), set, pod);
            if (owners.areManagedElsewhere()) {
                events.event(
                        set,
                        EventRecorder.Type.WARNING,
                        "ConflictingController",
                        ("PersistentVolumeClaim %s has a conflicting OwnerReference that acts as a manging controller,"
                                        + " the retention policy is ignored for this claim")
                                .formatted(name(wanted)));
            }
            if (!owners.areUpToDate()) {
                written.wrote(
                        set,
                        client.resource(new PersistentVolumeClaimBuilder(found.get())
                                        .editMetadata()
                                        .withOwnerReferences(owners.wanted())
                                        .endMetadata()
                                        .build())
                                .update());
            }
        }
    }

    private boolean awaitsOldClaims(StatefulSet set, Pod pod) {
        return StatefulPods.isDeletedWithPod(set)
                && StatefulPods.claims(set, name(pod)).stream()
                        .flatMap(claim -> find(claim).stream())
                        .anyMatch(claim -> new ClaimOwners(claim, set, pod).hasStale(pod));
    }

    /// All that can be made are; what went wrong first is thrown in the end.
    private void createClaims(StatefulSet set, Pod pod) {
        KubernetesClientException failure = null;
        for (PersistentVolumeClaim claim : StatefulPods.claims(set, name(pod))) {
            Optional<PersistentVolumeClaim> found = find(claim);
            try {
                if (found.isEmpty()) {
                    create(set, pod, claim);
                } else if (Keys.isBeingDeleted(found.get())) {
                    throw Refusals.conflict("pvc %s is being deleted".formatted(name(claim)));
                }
            } catch (KubernetesClientException refused) {
                failure = failure == null ? refused : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private void create(StatefulSet set, Pod pod, PersistentVolumeClaim claim) {
        try {
            written.wrote(set, client.resource(claim).create());
            events.event(
                    set,
                    EventRecorder.Type.NORMAL,
                    "SuccessfulCreate",
                    "Create Claim %s Pod %s in StatefulSet %s success".formatted(name(claim), name(pod), name(set)));
        } catch (KubernetesClientException refused) {
            if (!Refusals.isAlreadyThere(refused)) {
                events.event(
                        set,
                        EventRecorder.Type.WARNING,
                        "FailedCreate",
                        "Create Claim %s for Pod %s in StatefulSet %s failed error: %s"
                                .formatted(name(claim), name(pod), name(set), Refusals.message(refused)));
            }
            throw new KubernetesClientException(
                    "failed to create PVC %s: %s".formatted(name(claim), Refusals.message(refused)),
                    refused.getCode(),
                    null);
        }
    }

    private Optional<PersistentVolumeClaim> find(PersistentVolumeClaim claim) {
        return informers.find(PersistentVolumeClaim.class, Keys.of(claim));
    }

    private void tell(StatefulSet set, Pod pod, String verb) {
        events.event(
                set,
                EventRecorder.Type.NORMAL,
                "Successful" + verb,
                "%s Pod %s in StatefulSet %s successful".formatted(verb, name(pod), name(set)));
    }

    private void tell(StatefulSet set, Pod pod, String verb, KubernetesClientException refused) {
        events.event(
                set,
                EventRecorder.Type.WARNING,
                "Failed" + verb,
                "%s Pod %s in StatefulSet %s failed error: %s"
                        .formatted(verb, name(pod), name(set), Refusals.message(refused)));
    }

    private static String name(HasMetadata object) {
        return object.getMetadata().getName();
    }
}
