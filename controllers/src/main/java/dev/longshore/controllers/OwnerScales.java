package dev.longshore.controllers;

import dev.longshore.base.Json;
import dev.longshore.client.Informers;
import io.fabric8.kubernetes.api.model.APIResource;
import io.fabric8.kubernetes.api.model.APIResourceList;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ReplicationController;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// How many pods the owners of some pods ask for: a ReplicaSet stands for the Deployment above it, and any
/// other owner is asked by its scale subresource.
final class OwnerScales {

    private static final int NOT_FOUND = 404;

    private final Informers informers;
    private final KubernetesClient client;

    OwnerScales(Informers informers, KubernetesClient client) {
        this.informers = informers;
        this.client = client;
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
                switch (group(owner) + "/" + owner.getKind()) {
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
        Map<String, APIResource> resources = resources(owner.getApiVersion());
        String plural = resources.values().stream()
                .filter(resource -> resource.getKind().equals(owner.getKind())
                        && !resource.getName().contains("/"))
                .map(APIResource::getName)
                .findFirst()
                .orElseThrow(() -> new UnknownScale("no matches for kind \"%s\" in version \"%s\""
                        .formatted(owner.getKind(), owner.getApiVersion())));
        APIResource subresource = resources.get(plural + "/scale");
        if (subresource == null || !subresource.getKind().equals("Scale")) {
            String group = group(owner);
            throw new UnknownScale("%s does not implement the scale subresource"
                    .formatted(group.isEmpty() ? plural : plural + "." + group));
        }
        String path = (owner.getApiVersion().contains("/") ? "/apis/" : "/api/") + owner.getApiVersion()
                + "/namespaces/" + namespace + "/" + plural + "/" + owner.getName() + "/scale";
        try {
            JsonNode scale = Json.parse(client.raw(path));
            String uid = scale.path("metadata").path("uid").asString("");
            return uid.equals(owner.getUid())
                    ? Optional.of(
                            new Scale(uid, scale.path("spec").path("replicas").asInt(0)))
                    : Optional.empty();
        } catch (KubernetesClientException gone) {
            if (gone.getCode() == NOT_FOUND) {
                return Optional.empty();
            }
            throw gone;
        }
    }

    private Map<String, APIResource> resources(String apiVersion) {
        try {
            APIResourceList list = client.getApiResources(apiVersion);
            return list == null
                    ? Map.of()
                    : list.getResources().stream()
                            .collect(Collectors.toMap(
                                    APIResource::getName, Function.identity(), (first, second) -> first));
        } catch (KubernetesClientException gone) {
            if (gone.getCode() == NOT_FOUND) {
                return Map.of();
            }
            throw gone;
        }
    }

    private static String group(OwnerReference owner) {
        int slash = owner.getApiVersion().indexOf('/');
        return slash < 0 ? "" : owner.getApiVersion().substring(0, slash);
    }
}
