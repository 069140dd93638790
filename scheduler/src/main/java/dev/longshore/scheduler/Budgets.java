package dev.longshore.scheduler;

import dev.longshore.scheduler.framework.Labels;
import dev.longshore.scheduler.framework.PodView;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How many pods disruption budgets still let go, counted down with each that goes. Confined to one thread.
final class Budgets {

    private final Map<PodDisruptionBudget, Integer> left = new HashMap<>();
    private final List<PodDisruptionBudget> budgets;

    Budgets(List<PodDisruptionBudget> budgets) {
        this.budgets = budgets;
    }

    /// Lets `pod` go.
    ///
    /// @return false if a budget would not have
    boolean take(PodView pod) {
        boolean isAllowed = true;
        for (PodDisruptionBudget budget : budgets) {
            if (covers(budget, pod)) {
                isAllowed &= left.merge(budget, allowed(budget) - 1, (before, first) -> before - 1) >= 0;
            }
        }
        return isAllowed;
    }

    /// A pod whose eviction was granted already is counted in the budget's status.
    private static boolean covers(PodDisruptionBudget budget, PodView pod) {
        return pod.namespace().equals(budget.getMetadata().getNamespace())
                && !pod.labels().isEmpty()
                && asksForSomething(budget.getSpec().getSelector())
                && Labels.match(budget.getSpec().getSelector(), pod.labels())
                && !wasGranted(budget, pod);
    }

    private static boolean asksForSomething(LabelSelector selector) {
        return selector != null
                && (!selector.getMatchExpressions().isEmpty()
                        || selector.getMatchLabels() != null
                                && !selector.getMatchLabels().isEmpty());
    }

    private static boolean wasGranted(PodDisruptionBudget budget, PodView pod) {
        return budget.getStatus() != null
                && budget.getStatus().getDisruptedPods() != null
                && budget.getStatus().getDisruptedPods().containsKey(pod.name());
    }

    private static int allowed(PodDisruptionBudget budget) {
        return budget.getStatus() == null || budget.getStatus().getDisruptionsAllowed() == null
                ? 0
                : budget.getStatus().getDisruptionsAllowed();
    }
}
