package dev.longshore.kinds.admission;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Admission.Attempt;
import dev.longshore.model.Admission.Operation;
import dev.longshore.model.Resource;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/// What a node may say of itself: nothing that would bring pods to it which are kept from it.
final class NodeSelf {

    private static final String RESTRICTED = "node-restriction.kubernetes.io";
    private static final Set<String> OWN = Set.of(
            "kubernetes.io/hostname",
            "topology.kubernetes.io/zone",
            "topology.kubernetes.io/region",
            "failure-domain.beta.kubernetes.io/zone",
            "failure-domain.beta.kubernetes.io/region",
            "beta.kubernetes.io/instance-type",
            "node.kubernetes.io/instance-type",
            "kubernetes.io/os",
            "kubernetes.io/arch",
            "beta.kubernetes.io/os",
            "beta.kubernetes.io/arch");

    private NodeSelf() {}

    static void check(Attempt attempt, String node) {
        String named = Attempts.named(attempt);
        if (!named.equals(node)) {
            throw Attempts.forbidden(attempt, "node \"" + node + "\" is not allowed to modify node \"" + named + "\"");
        }
        if (attempt.operation() == Operation.CREATE) {
            created(attempt, node, attempt.object().orElseThrow());
        } else if (attempt.operation() == Operation.UPDATE) {
            changed(attempt, node, attempt.object().orElseThrow(), attempt.old().orElseThrow());
        }
    }

    private static void created(Attempt attempt, String node, Resource object) {
        if (object.find("spec", "configSource").isPresent()) {
            throw Attempts.forbidden(
                    attempt, "node \"" + node + "\" is not allowed to create pods with a non-nil configSource");
        }
        Set<String> forbidden = forbidden(object.labels(), Map.of());
        if (!forbidden.isEmpty()) {
            throw Attempts.forbidden(
                    attempt,
                    "node \"" + node + "\" is not allowed to set the following labels: "
                            + String.join(", ", forbidden));
        }
    }

    private static void changed(Attempt attempt, String node, Resource object, Resource old) {
        if (object.find("spec", "configSource").isPresent()
                && !Trees.same(object.tree(), old.tree(), "spec", "configSource")) {
            throw Attempts.forbidden(
                    attempt,
                    "node \"" + node + "\" is not allowed to update configSource to a new non-nil configSource");
        }
        if (!Trees.same(object.tree(), old.tree(), "spec", "taints")) {
            throw Attempts.forbidden(attempt, "node \"" + node + "\" is not allowed to modify taints");
        }
        if (!Trees.same(object.tree(), old.tree(), "metadata", "ownerReferences")) {
            throw Attempts.forbidden(attempt, "node \"" + node + "\" is not allowed to modify ownerReferences");
        }
        Set<String> forbidden = forbidden(object.labels(), old.labels());
        if (!forbidden.isEmpty()) {
            throw Attempts.forbidden(attempt, "is not allowed to modify labels: " + String.join(", ", forbidden));
        }
    }

    private static Set<String> forbidden(Map<String, String> now, Map<String, String> before) {
        var changed = new TreeSet<>(now.keySet());
        changed.addAll(before.keySet());
        changed.removeIf(label -> Objects.equals(now.get(label), before.get(label)) || isFree(label));
        return changed;
    }

    private static boolean isFree(String label) {
        int slash = label.indexOf('/');
        String domain = slash < 0 ? "" : label.substring(0, slash);
        boolean isOfKubernetes = isIn(domain, "kubernetes.io") || isIn(domain, "k8s.io");
        boolean isOwn =
                OWN.contains(label) || isIn(domain, "kubelet.kubernetes.io") || isIn(domain, "node.kubernetes.io");
        return !isIn(domain, RESTRICTED) && (!isOfKubernetes || isOwn);
    }

    private static boolean isIn(String domain, String zone) {
        return domain.equals(zone) || domain.endsWith("." + zone);
    }
}
