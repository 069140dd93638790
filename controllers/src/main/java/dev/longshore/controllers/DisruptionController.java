package dev.longshore.controllers;

import dev.longshore.client.ControllerLoop;
import dev.longshore.client.EventRecorder;
import dev.longshore.client.EventRecorder.Type;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Says in the status of each PodDisruptionBudget how many of its pods may be evicted now. The eviction
/// subresource takes from that number; this controller alone gives.
final class DisruptionController implements Reconciler {

    static final String NAME = "disruption-controller";

    private static final int WORKERS = 2;
    private static final int CONFLICT = 409;
    private static final int SERVER_FAILED = 500;

    private final ControllerContext context;
    private final Informers informers;
    private final KubernetesClient client;
    private final EventRecorder events;
    private final OwnerScales scales;

    private DisruptionController(ControllerContext context) {
        this.context = context;
        this.informers = context.informers();
        this.client = context.clients().apply(NAME);
        this.events = context.events(NAME, "controllermanager");
        this.scales = new OwnerScales(informers, new ScaleTargets(client, context.time()));
    }

    static Controller create(ControllerContext context) {
        var controller = new DisruptionController(context);
        var loop = new ControllerLoop(NAME, controller, WORKERS, context.time());
        context.informers()
                .onChange(PodDisruptionBudget.class, budget -> loop.queue().add(Keys.of(budget)));
        context.informers().onChange(Pod.class, pod -> controller.budgetOf(pod).ifPresent(loop.queue()::add));
        return Controller.of(NAME, loop, controller.events);
    }

    private Optional<String> budgetOf(Pod pod) {
        List<PodDisruptionBudget> budgets =
                informers.in(PodDisruptionBudget.class, pod.getMetadata().getNamespace()).stream()
                        .filter(budget -> Selectors.matches(
                                budget.getSpec().getSelector(),
                                pod.getMetadata().getLabels()))
                        .toList();
        if (budgets.size() > 1) {
            events.event(
                    pod,
                    Type.WARNING,
                    "MultiplePodDisruptionBudgets",
                    "Pod \"%s\"/\"%s\" matches multiple PodDisruptionBudgets.  Chose \"%s\" arbitrarily."
                            .formatted(
                                    pod.getMetadata().getNamespace(),
                                    pod.getMetadata().getName(),
                                    budgets.getFirst().getMetadata().getName()));
        }
        return budgets.stream().findFirst().map(Keys::of);
    }

    @Override
    public Outcome reconcile(String key) {
        Optional<PodDisruptionBudget> found = informers.find(PodDisruptionBudget.class, key);
        if (found.isEmpty()) {
            return Outcome.done();
        }
        PodDisruptionBudget budget = found.get();
        try {
            return converge(budget);
        } catch (OwnerScales.UnknownScale unknown) {
            failSafe(budget, unknown.getMessage());
            return Outcome.done();
        } catch (KubernetesClientException refused) {
            if (refused.getCode() != CONFLICT) {
                failSafe(budget, refused.getMessage());
                if (refused.getCode() > 0 && refused.getCode() < SERVER_FAILED) {
                    return Outcome.done();
                }
            }
            throw refused;
        }
    }

    private Outcome converge(PodDisruptionBudget budget) {
        List<Pod> pods = informers.in(Pod.class, budget.getMetadata().getNamespace()).stream()
                .filter(pod -> Selectors.matches(
                        budget.getSpec().getSelector(), pod.getMetadata().getLabels()))
                .toList();
        if (pods.isEmpty()) {
            events.event(budget, Type.NORMAL, "NoPods", "No matching pods found");
        }
        Instant now = context.time().now();
        var demand = DisruptionStatus.Demand.of(budget, expected(budget, pods));
        var fresh = DisruptionStatus.of(budget, pods, demand, now);
        fresh.broken()
                .forEach(pod -> events.event(
                        pod,
                        Type.WARNING,
                        "NotDeleted",
                        "Pod was expected by PDB %s/%s to be deleted but it wasn't"
                                .formatted(
                                        budget.getMetadata().getNamespace(),
                                        budget.getMetadata().getNamespace())));
        if (!fresh.isIn(budget)) {
            write(budget, fresh.status());
        }
        return fresh.nextLook().<Outcome>map(Outcome.RetryAfter::new).orElseGet(Outcome::done);
    }

    private int expected(PodDisruptionBudget budget, List<Pod> pods) {
        if (!DisruptionStatus.asksOwners(budget)) {
            return pods.size();
        }
        try {
            OwnerScales.Scales found = scales.of(pods);
            if (!found.unmanaged().isEmpty()) {
                events.event(
                        budget,
                        Type.WARNING,
                        "UnmanagedPods",
                        "Pods selected by this PodDisruptionBudget (selector: %s) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set \".spec.minAvailable\" field of the PDB to an integer value."
                                .formatted(Selectors.text(budget.getSpec().getSelector())));
            }
            return found.sum();
        } catch (OwnerScales.UnknownScale | KubernetesClientException unknown) {
            events.event(
                    budget,
                    Type.WARNING,
                    "CalculateExpectedPodCountFailed",
                    "Failed to calculate the number of expected pods: " + unknown.getMessage());
            throw unknown;
        }
    }

    private void failSafe(PodDisruptionBudget budget, String why) {
        PodDisruptionBudgetStatus failed =
                DisruptionStatus.failed(budget, why, context.time().now());
        if (!failed.equals(budget.getStatus())) {
            write(budget, failed);
        }
    }

    private void write(PodDisruptionBudget budget, PodDisruptionBudgetStatus status) {
        client.resource(new PodDisruptionBudgetBuilder(budget)
                        .withStatus(status)
                        .build())
                .updateStatus();
    }
}
