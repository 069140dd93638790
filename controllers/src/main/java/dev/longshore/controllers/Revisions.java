package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// The annotations by which `kubectl rollout history` and `undo` know a Deployment's past, and by which a
/// change of its size is noticed.
final class Revisions {

    static final String REVISION = "deployment.kubernetes.io/revision";
    static final String HISTORY = "deployment.kubernetes.io/revision-history";
    static final String DESIRED = "deployment.kubernetes.io/desired-replicas";
    static final String MOST = "deployment.kubernetes.io/max-replicas";
    static final String ROLL_BACK = "deprecated.deployment.rollback.to";

    private static final int LONGEST_HISTORY = 2000;
    private static final Set<String> NOT_COPIED =
            Set.of("kubectl.kubernetes.io/last-applied-configuration", REVISION, HISTORY, DESIRED, MOST, ROLL_BACK);

    private Revisions() {}

    /// The number of `object`, 0 without one.
    static long of(HasMetadata object) {
        return number(annotations(object).get(REVISION)).orElse(0L);
    }

    /// The number that a rollout beginning now gets.
    static long next(List<ReplicaSet> old) {
        return old.stream().mapToLong(Revisions::of).max().orElse(0) + 1;
    }

    /// The number before the highest one of `sets`: what an undo goes back to. 0 if there is none.
    static long last(List<ReplicaSet> sets) {
        return sets.stream()
                .mapToLong(Revisions::of)
                .boxed()
                .sorted((one, other) -> Long.compare(other, one))
                .skip(1)
                .findFirst()
                .orElse(0L);
    }

    /// Which revision the Deployment is asked to go back to, as clients of old versions ask; 0 for the last.
    static Optional<Long> rollbackTo(Deployment deployment) {
        return number(annotations(deployment).get(ROLL_BACK));
    }

    /// The annotations of a newest ReplicaSet that is there already: what it has, and the Deployment's own over
    /// it, but those of tools and of this history. A set that becomes the newest again remembers which numbers
    /// it had.
    static Map<String, String> renewed(Deployment deployment, ReplicaSet set, long revision) {
        var result = new HashMap<>(annotations(set));
        annotations(deployment).forEach((key, value) -> {
            if (!NOT_COPIED.contains(key)) {
                result.put(key, value);
            }
        });
        String before = result.get(REVISION);
        boolean isForeign =
                before != null && !before.isEmpty() && number(before).isEmpty();
        if (isForeign || number(before).orElse(0L) >= revision) {
            return result;
        }
        result.put(REVISION, String.valueOf(revision));
        if (before != null) {
            history(result.get(HISTORY), before).ifPresent(history -> result.put(HISTORY, history));
        }
        return result;
    }

    /// The annotations of a newest ReplicaSet that is to be made.
    static Map<String, String> fresh(Deployment deployment, long revision, RolloutPlan plan) {
        var result = new HashMap<>(sizes(plan));
        annotations(deployment).forEach((key, value) -> {
            if (!NOT_COPIED.contains(key)) {
                result.put(key, value);
            }
        });
        result.put(REVISION, String.valueOf(revision));
        return result;
    }

    /// How large the Deployment is, and may be.
    static Map<String, String> sizes(RolloutPlan plan) {
        return Map.of(DESIRED, String.valueOf(plan.desired()), MOST, String.valueOf(plan.most()));
    }

    /// The annotations of a Deployment that goes back to `set`: those it had then.
    static Map<String, String> goingBack(Deployment deployment, ReplicaSet set) {
        var result = new HashMap<String, String>();
        annotations(deployment).forEach((key, value) -> {
            if (NOT_COPIED.contains(key)) {
                result.put(key, value);
            }
        });
        annotations(set).forEach((key, value) -> {
            if (!NOT_COPIED.contains(key)) {
                result.put(key, value);
            }
        });
        result.remove(ROLL_BACK);
        return result;
    }

    /// The size of the Deployment, or what it may grow to, when `set` was last sized.
    static OptionalInt size(ReplicaSet set, String annotation) {
        return number(annotations(set).get(annotation))
                .filter(size -> size >= 0 && size <= Integer.MAX_VALUE)
                .map(size -> OptionalInt.of(size.intValue()))
                .orElseGet(OptionalInt::empty);
    }

    /// Never null.
    static Map<String, String> annotations(HasMetadata object) {
        Map<String, String> annotations = object.getMetadata().getAnnotations();
        return annotations == null ? Map.of() : annotations;
    }

    /// The oldest numbers go when it gets too long; empty when even that does not help.
    private static Optional<String> history(String before, String number) {
        if (before == null || before.isEmpty()) {
            return Optional.of(number);
        }
        var numbers = new ArrayList<>(Arrays.asList(before.split(",", -1)));
        int length = before.length() + number.length() + 1;
        while (length > LONGEST_HISTORY && !numbers.isEmpty()) {
            length -= numbers.removeFirst().length() + 1;
        }
        numbers.add(number);
        return length > LONGEST_HISTORY ? Optional.empty() : Optional.of(String.join(",", numbers));
    }

    private static Optional<Long> number(String text) {
        try {
            return text == null ? Optional.empty() : Optional.of(Long.valueOf(text));
        } catch (NumberFormatException notOurs) {
            return Optional.empty();
        }
    }
}
