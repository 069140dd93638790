package dev.longshore.autoscaler;

import dev.longshore.scheduler.framework.Labels;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// What is left of the disruption budgets after what has been planned. One thread.
final class RemainingBudgets {

    private static final class Budget {
        private final PodDisruptionBudget object;
        private int left;

        Budget(PodDisruptionBudget object) {
            this.object = object;
            Integer allowed =
                    object.getStatus() == null ? null : object.getStatus().getDisruptionsAllowed();
            this.left = allowed == null ? 0 : allowed;
        }

        boolean covers(Pod pod) {
            return object.getMetadata().getNamespace().equals(pod.getMetadata().getNamespace())
                    && Labels.match(object.getSpec().getSelector(), PodTraits.labels(pod));
        }
    }

    private final List<Budget> budgets = new ArrayList<>();

    RemainingBudgets(Collection<PodDisruptionBudget> all) {
        all.forEach(object -> budgets.add(new Budget(object)));
    }

    boolean cover(Pod pod) {
        return budgets.stream().anyMatch(budget -> budget.covers(pod));
    }

    /// A pod that keeps all of `pods` from being evicted together; none if they may be.
    Optional<Pod> protectedOf(Collection<Pod> pods) {
        for (Budget budget : budgets) {
            List<Pod> covered = pods.stream().filter(budget::covers).toList();
            if (!covered.isEmpty() && covered.size() > budget.left) {
                return Optional.of(covered.getFirst());
            }
        }
        return Optional.empty();
    }

    /// `pods` will be evicted.
    void spend(Collection<Pod> pods) {
        for (Budget budget : budgets) {
            budget.left -= (int) pods.stream().filter(budget::covers).count();
        }
    }
}
