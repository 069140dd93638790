package dev.longshore.controllers;

import dev.longshore.client.ControllerLoop;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.NamespaceCondition;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Empties a namespace that is being deleted, then lets it go.
final class NamespaceController implements Reconciler {

    static final String NAME = "namespace-controller";

    private static final String FINALIZER = "kubernetes";
    private static final Duration SHORTEST_WAIT = Duration.ofMillis(500);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);
    private static final int WORKERS = 2;

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
        if (found.isEmpty() || found.get().getSpec().getFinalizers().isEmpty()) {
            return Outcome.done();
        }
        Duration age = Duration.between(
                Instant.parse(found.get().getMetadata().getDeletionTimestamp()),
                context.time().now());
        NamespaceContent content = new NamespaceEmptier(client, name, age).empty();
        tell(name, content);
        if (content.isEmpty()) {
            release(name);
            return Outcome.done();
        }
        return new Outcome.RetryAfter(wait(age));
    }

    /// What does not go soon may never go: it is looked for less and less often.
    private static Duration wait(Duration age) {
        Duration quarter = age.dividedBy(4);
        if (quarter.compareTo(SHORTEST_WAIT) < 0) {
            return SHORTEST_WAIT;
        }
        return quarter.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : quarter;
    }

    private void release(String name) {
        Namespace stored = client.namespaces().withName(name).get();
        if (stored == null) {
            return;
        }
        var left = new ArrayList<>(stored.getSpec().getFinalizers());
        if (!left.remove(FINALIZER)) {
            return;
        }
        client.raw(
                "/api/v1/namespaces/" + name + "/finalize",
                "PUT",
                new NamespaceBuilder(stored)
                        .editSpec()
                        .withFinalizers(left)
                        .endSpec()
                        .build());
    }

    private void tell(String name, NamespaceContent content) {
        Namespace stored = client.namespaces().withName(name).get();
        if (stored == null || stored.getStatus() == null) {
            return;
        }
        List<NamespaceCondition> before = stored.getStatus().getConditions();
        String now =
                Instant.ofEpochSecond(context.time().now().getEpochSecond()).toString();
        List<NamespaceCondition> after = NamespaceConditions.after(content, before, now);
        if (!after.equals(before)) {
            client.resource(new NamespaceBuilder(stored)
                            .editStatus()
                            .withConditions(after)
                            .endStatus()
                            .build())
                    .updateStatus();
        }
    }
}
