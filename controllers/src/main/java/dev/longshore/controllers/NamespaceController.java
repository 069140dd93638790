package dev.longshore.controllers;

import dev.longshore.client.ControllerLoop;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.NamespaceConditionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Empties a namespace that is being deleted, then lets it go.
final class NamespaceController implements Reconciler {

    static final String NAME = "namespace-controller";

    private static final String FINALIZER = "kubernetes";
    private static final Duration NEXT_LOOK = Duration.ofMillis(500);
    private static final int WORKERS = 2;
    private static final int NOT_FOUND = 404;
    private static final int NOT_ALLOWED = 405;

    private final ControllerContext context;
    private final Informers informers;
    private final KubernetesClient client;

    private NamespaceController(ControllerContext context) {
        this.context = context;
        this.informers = context.informers();
        this.client = context.clients().apply(NAME);
    }

    static Controller create(ControllerContext context) {
        var loop = new ControllerLoop(NAME, new NamespaceController(context), WORKERS, context.time());
        context.informers().onChange(Namespace.class, namespace -> {
            if (Keys.isBeingDeleted(namespace)) {
                loop.queue().add(Keys.of(namespace));
            }
        });
        return Controller.of(NAME, loop);
    }

    @Override
    public Outcome reconcile(String name) {
        Optional<Namespace> found = informers.find(Namespace.class, name).filter(Keys::isBeingDeleted);
        if (found.isEmpty() || !found.get().getSpec().getFinalizers().contains(FINALIZER)) {
            return Outcome.done();
        }
        var remaining = new ArrayList<String>();
        ApiTypes types = ApiTypes.discover(client);
        for (ApiTypes.Type type : types.types()) {
            if (type.isNamespaced()) {
                int left = empty(type, name);
                if (left > 0) {
                    remaining.add("%s.%s has %d resource instances".formatted(type.plural(), type.group(), left));
                }
            }
        }
        // A group that does not answer may hold objects of this namespace, which would be lost sight of.
        types.silentGroups().stream()
                .sorted()
                .forEach(group -> remaining.add("the API group %s does not answer".formatted(group)));
        if (remaining.isEmpty()) {
            release(name);
            return Outcome.done();
        }
        tell(name, remaining);
        return new Outcome.RetryAfter(NEXT_LOOK);
    }

    private int empty(ApiTypes.Type type, String namespace) {
        try {
            var objects = client.genericKubernetesResources(type.context()).inNamespace(namespace);
            List<GenericKubernetesResource> items = objects.list().getItems();
            items.stream()
                    .filter(item -> !Keys.isBeingDeleted(item))
                    .forEach(item -> client.resource(item).delete());
            return items.isEmpty() ? 0 : objects.list().getItems().size();
        } catch (KubernetesClientException refused) {
            if (refused.getCode() == NOT_FOUND || refused.getCode() == NOT_ALLOWED) {
                return 0;
            }
            throw refused;
        }
    }

    private void release(String name) {
        Namespace stored = client.namespaces().withName(name).get();
        if (stored == null) {
            return;
        }
        var left = new ArrayList<>(stored.getSpec().getFinalizers());
        left.remove(FINALIZER);
        client.raw(
                "/api/v1/namespaces/" + name + "/finalize",
                "PUT",
                new NamespaceBuilder(stored)
                        .editSpec()
                        .withFinalizers(left)
                        .endSpec()
                        .build());
    }

    private void tell(String name, List<String> remaining) {
        Namespace stored = client.namespaces().withName(name).get();
        if (stored == null || stored.getStatus() == null) {
            return;
        }
        String type = "NamespaceContentRemaining";
        String message = "Some resources are remaining: " + String.join(", ", remaining);
        boolean isTold = stored.getStatus().getConditions().stream()
                .anyMatch(condition -> condition.getType().equals(type) && message.equals(condition.getMessage()));
        if (isTold) {
            return;
        }
        var conditions = new ArrayList<>(stored.getStatus().getConditions());
        conditions.removeIf(condition -> condition.getType().equals(type));
        conditions.add(new NamespaceConditionBuilder()
                .withType(type)
                .withStatus("True")
                .withReason("SomeResourcesRemain")
                .withMessage(message)
                .withLastTransitionTime(
                        Instant.ofEpochSecond(context.time().now().getEpochSecond())
                                .toString())
                .build());
        client.resource(new NamespaceBuilder(stored)
                        .editStatus()
                        .withConditions(conditions)
                        .endStatus()
                        .build())
                .updateStatus();
    }
}
