package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The annotations by which `kubectl rollout history` and `undo` know a Deployment's past.
final class Revisions {

    static final String REVISION = "deployment.kubernetes.io/revision";
    static final String HISTORY = "deployment.kubernetes.io/revision-history";
    static final String DESIRED = "deployment.kubernetes.io/desired-replicas";
    static final String MOST = "deployment.kubernetes.io/max-replicas";

    private static final Set<String> NOT_COPIED = Set.of(
            "kubectl.kubernetes.io/last-applied-configuration",
            REVISION,
            HISTORY,
            DESIRED,
            MOST,
            "deprecated.deployment.rollback.to");

    private Revisions() {}

    /// The number of `object`, 0 without one.
    static long of(HasMetadata object) {
        String value = annotations(object).get(REVISION);
        try {
            return value == null ? 0 : Long.parseLong(value);
        } catch (NumberFormatException notOurs) {
            return 0;
        }
    }

    /// The number that a rollout beginning now gets.
    static long next(List<ReplicaSet> old) {
        return old.stream().mapToLong(Revisions::of).max().orElse(0) + 1;
    }

    /// The annotations of a Deployment's newest ReplicaSet: the Deployment's own, but those of tools and of
    /// this history.
    ///
    /// @param before what the set has now
    static Map<String, String> annotations(
            Deployment deployment, Map<String, String> before, long revision, int desired, int most) {
        var result = new HashMap<String, String>();
        annotations(deployment).forEach((key, value) -> {
            if (!NOT_COPIED.contains(key)) {
                result.put(key, value);
            }
        });
        String number = before.get(REVISION);
        String history = before.get(HISTORY);
        if (number != null && !number.equals(String.valueOf(revision))) {
            history = history == null || history.isEmpty() ? number : history + "," + number;
        }
        if (history != null) {
            result.put(HISTORY, history);
        }
        result.put(REVISION, String.valueOf(revision));
        result.put(DESIRED, String.valueOf(desired));
        result.put(MOST, String.valueOf(most));
        return result;
    }

    /// Never null.
    static Map<String, String> annotations(HasMetadata object) {
        Map<String, String> annotations = object.getMetadata().getAnnotations();
        return annotations == null ? Map.of() : annotations;
    }
}
