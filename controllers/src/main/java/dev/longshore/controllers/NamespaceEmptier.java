package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// One round of deleting all that is in a namespace: pods first, so that none outlives what it is made with
/// (network policies, secrets), and the rest when no pod is left.
final class NamespaceEmptier {

    private static final int NOT_FOUND = 404;
    private static final int NOT_ALLOWED = 405;
    private static final DeleteOptions IN_THE_BACKGROUND =
            new DeleteOptionsBuilder().withPropagationPolicy("Background").build();

    private final KubernetesClient client;
    private final String namespace;
    private final Duration age;
    private final List<String> failures = new ArrayList<>();
    private final Map<String, Integer> remaining = new HashMap<>();
    private final Map<String, Integer> finalizers = new HashMap<>();

    /// @param age since when the namespace is being deleted
    NamespaceEmptier(KubernetesClient client, String namespace, Duration age) {
        this.client = client;
        this.namespace = namespace;
        this.age = age;
    }

    /// Deletes, and tells what is left.
    NamespaceContent empty() {
        ApiTypes found = ApiTypes.discover(client);
        List<ApiTypes.Type> types =
                found.types().stream().filter(ApiTypes.Type::isNamespaced).toList();
        types.stream().filter(NamespaceEmptier::isPods).forEach(type -> empty(type, areInTheirGrace()));
        if (!remaining.isEmpty()) {
            return new NamespaceContent(List.copyOf(found.silentGroups()), failures, Map.of(), Map.of(), true);
        }
        types.stream().filter(type -> !isPods(type)).forEach(type -> empty(type, false));
        return new NamespaceContent(List.copyOf(found.silentGroups()), failures, remaining, finalizers, false);
    }

    private static boolean isPods(ApiTypes.Type type) {
        return type.group().isEmpty() && type.plural().equals("pods");
    }

    /// True while the pod that may take longest to end may take its time.
    private boolean areInTheirGrace() {
        return client.pods().inNamespace(namespace).list().getItems().stream()
                .filter(pod -> !Pods.isTerminal(pod))
                .map(NamespaceEmptier::grace)
                .anyMatch(grace -> grace.compareTo(age) > 0);
    }

    private static Duration grace(Pod pod) {
        Long seconds = pod.getSpec().getTerminationGracePeriodSeconds();
        return Duration.ofSeconds(seconds == null ? 0 : seconds);
    }

    /// @param mayTakeTime what is being deleted need not be gone yet
    private void empty(ApiTypes.Type type, boolean mayTakeTime) {
        try {
            List<GenericKubernetesResource> items = list(type);
            if (items.isEmpty()) {
                return;
            }
            delete(type, items);
            count(type, list(type), mayTakeTime);
        } catch (KubernetesClientException refused) {
            if (!isNothing(refused)) {
                failures.add(Refusals.message(refused));
            }
        }
    }

    private void delete(ApiTypes.Type type, List<GenericKubernetesResource> items) {
        try {
            client.raw(type.path(namespace), "DELETE", IN_THE_BACKGROUND);
        } catch (KubernetesClientException refused) {
            if (!isNothing(refused)) {
                throw refused;
            }
            // Some can only be deleted one by one.
            items.stream()
                    .filter(item -> !Keys.isBeingDeleted(item))
                    .forEach(item -> client.resource(item).delete());
        }
    }

    /// There is no such path, or it cannot do that.
    private static boolean isNothing(KubernetesClientException refused) {
        return refused.getCode() == NOT_FOUND || refused.getCode() == NOT_ALLOWED;
    }

    private List<GenericKubernetesResource> list(ApiTypes.Type type) {
        return client.genericKubernetesResources(type.context())
                .inNamespace(namespace)
                .list()
                .getItems();
    }

    private void count(ApiTypes.Type type, List<GenericKubernetesResource> left, boolean mayTakeTime) {
        if (left.isEmpty()) {
            return;
        }
        remaining.put(type.plural() + "." + type.group(), left.size());
        left.forEach(item ->
                item.getMetadata().getFinalizers().forEach(finalizer -> finalizers.merge(finalizer, 1, Integer::sum)));
        boolean isHeld = left.stream()
                .anyMatch(item -> !item.getMetadata().getFinalizers().isEmpty());
        if (!isHeld && !mayTakeTime) {
            failures.add("unexpected items still remain in namespace: %s for gvr: %s/%s, Resource=%s"
                    .formatted(namespace, type.group(), type.version(), type.plural()));
        }
    }
}
