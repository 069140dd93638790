package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// One round of deleting all that is in a namespace: pods first, so that none outlives what it is made with
/// (network policies, secrets), and the rest when no pod is left.
final class NamespaceEmptier {

    private static final int NOT_FOUND = 404;
    private static final int NOT_ALLOWED = 405;

    private final KubernetesClient client;
    private final String namespace;
    private final List<String> failures = new ArrayList<>();
    private final Map<String, Integer> remaining = new HashMap<>();
    private final Map<String, Integer> finalizers = new HashMap<>();

    NamespaceEmptier(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
    }

    /// Deletes, and tells what is left.
    NamespaceContent empty() {
        ApiTypes found = ApiTypes.discover(client);
        List<ApiTypes.Type> types =
                found.types().stream().filter(ApiTypes.Type::isNamespaced).toList();
        types.stream().filter(NamespaceEmptier::isPods).forEach(this::empty);
        if (remaining.isEmpty()) {
            types.stream().filter(type -> !isPods(type)).forEach(this::empty);
        }
        return new NamespaceContent(List.copyOf(found.silentGroups()), failures, remaining, finalizers);
    }

    private static boolean isPods(ApiTypes.Type type) {
        return type.group().isEmpty() && type.plural().equals("pods");
    }

    private void empty(ApiTypes.Type type) {
        try {
            List<GenericKubernetesResource> items = list(type);
            items.stream()
                    .filter(item -> !Keys.isBeingDeleted(item))
                    .forEach(item -> client.resource(item).delete());
            if (!items.isEmpty()) {
                count(type, list(type));
            }
        } catch (KubernetesClientException refused) {
            boolean isNothing = refused.getCode() == NOT_FOUND || refused.getCode() == NOT_ALLOWED;
            if (!isNothing) {
                failures.add(Refusals.message(refused));
            }
        }
    }

    private List<GenericKubernetesResource> list(ApiTypes.Type type) {
        return client.genericKubernetesResources(type.context())
                .inNamespace(namespace)
                .list()
                .getItems();
    }

    private void count(ApiTypes.Type type, List<GenericKubernetesResource> left) {
        if (!left.isEmpty()) {
            remaining.put(type.plural() + "." + type.group(), left.size());
        }
        left.forEach(item ->
                item.getMetadata().getFinalizers().forEach(finalizer -> finalizers.merge(finalizer, 1, Integer::sum)));
    }
}
