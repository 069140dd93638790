package dev.longshore.kinds.pods;

import dev.longshore.base.Time;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Call;
import dev.longshore.model.Cause;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import dev.longshore.model.SubresourceAction;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// Deletes a pod if its disruption budget allows.
final class EvictionAction implements SubresourceAction {

    private static final GroupResource BUDGETS = new GroupResource("policy", "poddisruptionbudgets");
    private static final Set<String> UNPROTECTED = Set.of("Succeeded", "Failed", "Pending");
    private static final Duration RETRY = Duration.ofSeconds(10);

    private final Time time;

    EvictionAction(Time time) {
        this.time = time;
    }

    @Override
    public Result act(Call call, Registry registry, Invocation invocation) {
        Resource pod = registry.get(PodConnect.PODS, invocation.namespace(), invocation.name())
                .orElseThrow(() -> new FaultException(new Fault.NotFound(PodConnect.PODS, invocation.name())));
        Optional<Resource> eviction = invocation.body();
        boolean isDryRun = call.dryRun()
                || eviction.map(body -> !body.at("deleteOptions", "dryRun").isEmpty())
                        .orElse(false);
        if (!UNPROTECTED.contains(pod.text("status", "phase")) && !pod.isTerminating()) {
            budget(registry, pod).ifPresent(budget -> take(registry, budget, pod, isDryRun));
        }
        if (!isDryRun) {
            registry.change(PodConnect.PODS, pod.namespace(), pod.name(), this::mark);
            Optional<Long> grace = eviction.flatMap(body -> body.find("deleteOptions", "gracePeriodSeconds"))
                    .map(seconds -> seconds.asLong());
            registry.delete(PodConnect.PODS, pod.namespace(), pod.name(), grace);
        }
        return new Result.Answer(201, BindingAction.success());
    }

    private static Optional<Resource> budget(Registry registry, Resource pod) {
        List<Resource> budgets = registry.list(BUDGETS, pod.namespace()).stream()
                .filter(budget -> budget.find("spec", "selector").isPresent()
                        && Selectors.matches(budget.at("spec", "selector"), pod.labels()))
                .toList();
        if (budgets.size() > 1) {
            throw new FaultException(new Fault.Internal(
                    "This pod has more than one PodDisruptionBudget, which the eviction subresource does not"
                            + " support."));
        }
        return budgets.stream().findFirst();
    }

    private void take(Registry registry, Resource budget, Resource pod, boolean isDryRun) {
        boolean isReady = PodGlance.isTrue(pod, "Ready");
        boolean isHealthyBudget = healthy(budget, "currentHealthy") >= healthy(budget, "desiredHealthy")
                && healthy(budget, "desiredHealthy") > 0;
        boolean isAlwaysAllowed =
                budget.text("spec", "unhealthyPodEvictionPolicy").equals("AlwaysAllow");
        if (!isReady && (isAlwaysAllowed || isHealthyBudget)) {
            return;
        }
        if (isDryRun) {
            spend(budget.copy(), pod);
        } else {
            registry.change(BUDGETS, budget.namespace(), budget.name(), present -> spend(present, pod));
        }
    }

    private Resource spend(Resource budget, Resource pod) {
        if (Trees.number(budget.tree(), 0, "status", "observedGeneration") < budget.generation()) {
            throw refusal("The disruption budget " + budget.name() + " is still being processed by the server.");
        }
        long allowed = healthy(budget, "disruptionsAllowed");
        if (allowed <= 0) {
            throw refusal("The disruption budget " + budget.name() + " needs " + healthy(budget, "desiredHealthy")
                    + " healthy pods and has " + healthy(budget, "currentHealthy") + " currently");
        }
        ObjectNode status = budget.object("status");
        status.put("disruptionsAllowed", allowed - 1);
        status.withObject("disruptedPods").put(pod.name(), now());
        return budget;
    }

    private static long healthy(Resource budget, String field) {
        return Trees.number(budget.tree(), 0, "status", field);
    }

    private static FaultException refusal(String why) {
        return new FaultException(new Fault.TooManyRequests(
                "Cannot evict pod as it would violate the pod's disruption budget.",
                RETRY,
                List.of(new Cause("DisruptionBudget", "", why))));
    }

    private Resource mark(Resource pod) {
        ObjectNode condition = pod.object("status").withArray("conditions").addObject();
        condition.put("type", "DisruptionTarget").put("status", "True");
        condition.put("lastTransitionTime", now());
        condition.put("reason", "EvictionByEvictionAPI").put("message", "Eviction API: evicting");
        return pod;
    }

    private String now() {
        return time.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
