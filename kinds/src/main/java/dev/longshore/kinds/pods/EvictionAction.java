package dev.longshore.kinds.pods;

import dev.longshore.base.Json;
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
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Deletes a pod if its disruption budget allows.
final class EvictionAction implements SubresourceAction {

    private static final GroupResource BUDGETS = new GroupResource("policy", "poddisruptionbudgets");
    private static final GroupResource BUDGET = new GroupResource("policy", "poddisruptionbudget");
    private static final Map<String, String> PRECONDITIONS = Map.of("uid", "UID", "resourceVersion", "ResourceVersion");
    private static final int MOST_PROMISES = 2000;
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
        Resource eviction = invocation.body().orElseGet(() -> new Resource(Json.object()));
        if (!eviction.name().isEmpty() && !eviction.name().equals(invocation.name())) {
            throw new FaultException(new Fault.BadRequest("name in URL does not match name in Eviction object"));
        }
        boolean isDryRun =
                call.dryRun() || !eviction.at("deleteOptions", "dryRun").isEmpty();
        boolean isUnprotected = UNPROTECTED.contains(pod.text("status", "phase")) || pod.isTerminating();
        // An unready pod goes for free, if it is still the one that was looked at.
        Optional<Resource> spared = Optional.of(pod)
                .filter(asked -> !isUnprotected)
                .flatMap(asked -> budget(registry, asked))
                .filter(budget -> !isSpent(registry, budget, pod, isDryRun));
        if (!isDryRun) {
            delete(registry, eviction, pod, spared.map(Resource::name).orElse(""));
        }
        return new Result.Answer(201, BindingAction.success());
    }

    private void delete(Registry registry, Resource eviction, Resource pod, String spared) {
        registry.change(PodConnect.PODS, pod.namespace(), pod.name(), present -> {
            require(eviction, present);
            if (!spared.isEmpty() && !present.resourceVersion().equals(pod.resourceVersion())) {
                throw stillProcessed(spared);
            }
            return mark(present);
        });
        Optional<Long> grace =
                eviction.find("deleteOptions", "gracePeriodSeconds").map(seconds -> seconds.asLong());
        registry.delete(PodConnect.PODS, pod.namespace(), pod.name(), grace);
    }

    private static void require(Resource eviction, Resource pod) {
        for (var precondition : PRECONDITIONS.entrySet()) {
            String wanted = eviction.text("deleteOptions", "preconditions", precondition.getKey());
            String present = pod.text("metadata", precondition.getKey());
            if (!wanted.isEmpty() && !wanted.equals(present)) {
                throw new FaultException(new Fault.Conflict(
                        new GroupResource("", "Pod"),
                        pod.name(),
                        "the %s in the precondition (%s) does not match the %s in record (%s). The object might have been %s"
                                .formatted(
                                        precondition.getValue(),
                                        wanted,
                                        precondition.getValue(),
                                        present,
                                        precondition.getValue().equals("UID")
                                                ? "deleted and then recreated"
                                                : "modified")));
            }
        }
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

    /// Takes one disruption from `budget`; false if it asks for none, since `pod` is not healthy anyway.
    private boolean isSpent(Registry registry, Resource budget, Resource pod, boolean isDryRun) {
        boolean isHealthyBudget = number(budget, "currentHealthy") >= number(budget, "desiredHealthy")
                && number(budget, "desiredHealthy") > 0;
        boolean isAlwaysAllowed =
                budget.text("spec", "unhealthyPodEvictionPolicy").equals("AlwaysAllow");
        if (!PodGlance.isTrue(pod, "Ready") && (isAlwaysAllowed || isHealthyBudget)) {
            return false;
        }
        if (isDryRun) {
            spend(budget.copy(), pod);
        } else {
            registry.change(BUDGETS, budget.namespace(), budget.name(), present -> spend(present, pod));
        }
        return true;
    }

    private Resource spend(Resource budget, Resource pod) {
        if (Trees.number(budget.tree(), 0, "status", "observedGeneration") < budget.generation()) {
            throw stillProcessed(budget.name());
        }
        long allowed = number(budget, "disruptionsAllowed");
        if (allowed < 0) {
            throw new FaultException(new Fault.Forbidden(BUDGET, budget.name(), "pdb disruptions allowed is negative"));
        }
        if (budget.at("status", "disruptedPods").size() > MOST_PROMISES) {
            throw new FaultException(new Fault.Forbidden(
                    BUDGET,
                    budget.name(),
                    "DisruptedPods map too big - too many evictions not confirmed by PDB controller"));
        }
        if (allowed == 0) {
            throw refusal(Duration.ZERO, whyNone(budget));
        }
        ObjectNode status = budget.object("status");
        status.put("disruptionsAllowed", allowed - 1);
        if (allowed == 1) {
            insufficient(budget);
        }
        status.withObject("disruptedPods").put(pod.name(), now());
        return budget;
    }

    private static String whyNone(Resource budget) {
        Optional<JsonNode> condition = condition(budget)
                .filter(found -> Trees.text(found, "status").equals("False")
                        && !Trees.text(found, "message").isEmpty());
        String reason = condition.map(found -> Trees.text(found, "reason")).orElse("");
        String message = condition.map(found -> Trees.text(found, "message")).orElse("");
        String none = "The disruption budget " + budget.name() + " does not allow evicting pods currently";
        if (reason.equals("SyncFailed")) {
            return none + " because it failed sync: " + message;
        }
        if (number(budget, "currentHealthy") <= number(budget, "desiredHealthy")) {
            return "The disruption budget %s needs %d healthy pods and has %d currently"
                    .formatted(budget.name(), number(budget, "desiredHealthy"), number(budget, "currentHealthy"));
        }
        return condition.isPresent() ? none + " (" + reason + "): " + message : none;
    }

    private static Optional<JsonNode> condition(Resource budget) {
        return budget.at("status", "conditions")
                .valueStream()
                .filter(found -> Trees.text(found, "type").equals("DisruptionAllowed"))
                .findFirst();
    }

    private void insufficient(Resource budget) {
        ObjectNode condition = condition(budget)
                .map(ObjectNode.class::cast)
                .orElseGet(() -> budget.object("status").withArray("conditions").addObject());
        if (!Trees.text(condition, "status").equals("False")) {
            condition.put("lastTransitionTime", now());
        }
        condition
                .put("type", "DisruptionAllowed")
                .put("status", "False")
                .put("reason", "InsufficientPods")
                .put("message", "")
                .put("observedGeneration", Trees.number(budget.tree(), 0, "status", "observedGeneration"));
    }

    private static long number(Resource budget, String field) {
        return Trees.number(budget.tree(), 0, "status", field);
    }

    private static FaultException stillProcessed(String budget) {
        return refusal(RETRY, "The disruption budget " + budget + " is still being processed by the server.");
    }

    private static FaultException refusal(Duration retryAfter, String why) {
        return new FaultException(new Fault.TooManyRequests(
                "Cannot evict pod as it would violate the pod's disruption budget.",
                retryAfter,
                List.of(new Cause("DisruptionBudget", "", why))));
    }

    private Resource mark(Resource pod) {
        ArrayNode conditions = pod.object("status").withArray("conditions");
        ObjectNode condition = conditions
                .valueStream()
                .filter(found -> Trees.text(found, "type").equals("DisruptionTarget"))
                .findFirst()
                .map(ObjectNode.class::cast)
                .orElseGet(conditions::addObject);
        if (!Trees.text(condition, "status").equals("True")) {
            condition.put("lastTransitionTime", now());
        }
        condition.put("type", "DisruptionTarget").put("status", "True");
        condition.put("reason", "EvictionByEvictionAPI").put("message", "Eviction API: evicting");
        return pod;
    }

    private String now() {
        return time.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
