package dev.longshore.controllers;

import dev.longshore.client.Informers;
import dev.longshore.model.GroupVersionKind;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ReplicationController;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;

/// How many pods the owners of some pods ask for: a ReplicaSet stands for the Deployment above it, and any
/// other owner is asked by its scale subresource.
final class OwnerScales {

    private final Informers informers;
    private final ScaleTargets targets;

    OwnerScales(Informers informers, ScaleTargets targets) {
        this.informers = informers;
        this.targets = targets;
        List.of(ReplicationController.class, ReplicaSet.class, Deployment.class, StatefulSet.class)
                .forEach(informers::of);
    }

    /// What was found out.
    ///
    /// @param unmanaged the names of pods that nobody controls
    record Scales(int sum, List<String> unmanaged) {}

    /// It cannot be told how many there should be.
    static final class UnknownScale extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnknownScale(String why) {
            super(why);
        }
    }

    private record Scale(String uid, int replicas) {}

    /// Adds the owners of `pods` up, each counted once.
    ///
    /// @throws UnknownScale when an owner is not there or has no scale
    Scales of(List<Pod> pods) {
        var scales = new HashMap<String, Integer>();
        var unmanaged = new ArrayList<String>();
        for (Pod pod : pods) {
            Optional<OwnerReference> owner = Keys.controller(pod);
            if (owner.isEmpty()) {
                unmanaged.add(pod.getMetadata().getName());
            } else if (!scales.containsKey(owner.get().getUid())) {
                Scale scale = scale(owner.get(), pod.getMetadata().getNamespace())
                        .orElseThrow(() -> new UnknownScale("found no controllers for pod \"%s\""
                                .formatted(pod.getMetadata().getName())));
                scales.put(scale.uid, scale.replicas);
            }
        }
        return new Scales(scales.values().stream().mapToInt(Integer::intValue).sum(), unmanaged);
    }

    private Optional<Scale> scale(OwnerReference owner, String namespace) {
        Optional<Scale> known =
                switch (GroupVersionKind.of(owner.getApiVersion(), "").group() + "/" + owner.getKind()) {
                    case "apps/ReplicaSet", "extensions/ReplicaSet" -> replicaSet(owner, namespace);
                    case "apps/StatefulSet" ->
                        present(StatefulSet.class, owner, namespace)
                                .map(set -> scale(set, set.getSpec().getReplicas()));
                    case "/ReplicationController" ->
                        present(ReplicationController.class, owner, namespace)
                                .map(set -> scale(set, set.getSpec().getReplicas()));
                    default -> Optional.empty();
                };
        // An informer may lag behind, so the server has the last word on known kinds too.
        return known.or(() -> asked(owner, namespace));
    }

    private Optional<Scale> replicaSet(OwnerReference owner, String namespace) {
        Optional<ReplicaSet> found = present(ReplicaSet.class, owner, namespace);
        Optional<OwnerReference> above =
                found.flatMap(Keys::controller).filter(ref -> ref.getKind().equals("Deployment"));
        if (above.isPresent()) {
            return present(Deployment.class, above.get(), namespace)
                    .map(deployment -> scale(deployment, deployment.getSpec().getReplicas()));
        }
        return found.map(set -> scale(set, set.getSpec().getReplicas()));
    }

    private static Scale scale(HasMetadata owner, Integer replicas) {
        return new Scale(owner.getMetadata().getUid(), replicas == null ? 1 : replicas);
    }

    private <T extends HasMetadata> Optional<T> present(Class<T> type, OwnerReference owner, String namespace) {
        return informers
                .find(type, Keys.of(namespace, owner.getName()))
                .filter(found -> found.getMetadata().getUid().equals(owner.getUid()));
    }

    private Optional<Scale> asked(OwnerReference owner, String namespace) {
        String apiVersion = owner.getApiVersion();
        String plural = targets.plural(apiVersion, owner.getKind())
                .orElseThrow(() -> new UnknownScale(
                        "no matches for kind \"%s\" in version \"%s\"".formatted(owner.getKind(), apiVersion)));
        if (!targets.isScalable(apiVersion, plural)) {
            throw new UnknownScale("%s does not implement the scale subresource"
                    .formatted(ScaleTargets.qualified(apiVersion, plural)));
        }
        try {
            ScaleTargets.Scale scale = targets.read(apiVersion, plural, namespace, owner.getName());
            String uid = scale.tree().path("metadata").path("uid").asString("");
            return uid.equals(owner.getUid()) ? Optional.of(new Scale(uid, scale.wanted())) : Optional.empty();
        } catch (KubernetesClientException gone) {
            if (Refusals.isNotFound(gone)) {
                return Optional.empty();
            }
            throw gone;
        }
    }
}
