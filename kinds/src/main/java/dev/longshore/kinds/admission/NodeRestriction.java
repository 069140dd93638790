package dev.longshore.kinds.admission;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Admission;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import dev.longshore.model.UserInfo;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// A node may write itself, its lease, and the pods that are on it; so a broken one cannot break others.
final class NodeRestriction implements Admission {

    private static final String GROUP = "system:nodes";
    private static final String PREFIX = "system:node:";
    private static final String RESTRICTED = "node-restriction.kubernetes.io/";

    @Override
    public String name() {
        return "NodeRestriction";
    }

    @Override
    public void mutate(Attempt attempt, Registry registry) {
        UserInfo user = attempt.call().user();
        if (!user.groups().contains(GROUP) || !user.name().startsWith(PREFIX)) {
            return;
        }
        String node = user.name().substring(PREFIX.length());
        switch (attempt.resource().toString()) {
            case "nodes" -> node(attempt, node);
            case "pods" -> pod(attempt, registry, node);
            case "leases.coordination.k8s.io" -> {
                if (!attempt.namespace().equals("kube-node-lease")
                        || !named(attempt).equals(node)) {
                    throw Attempts.forbidden(
                            attempt, "can only access node lease with the same name as the requesting node");
                }
            }
            case "csinodes.storage.k8s.io" -> {
                if (!named(attempt).equals(node)) {
                    throw Attempts.forbidden(
                            attempt, "can only access CSINode with the same name as the requesting node");
                }
            }
            case "persistentvolumeclaims" -> claim(attempt, node);
            case "serviceaccounts" -> token(attempt, registry, node);
            default -> {
                // The authorizer has said what else nodes may do.
            }
        }
    }

    private static String named(Attempt attempt) {
        return attempt.name().isEmpty() ? attempt.object().map(Resource::name).orElse("") : attempt.name();
    }

    private static void node(Attempt attempt, String node) {
        if (!named(attempt).equals(node)) {
            throw Attempts.forbidden(
                    attempt, "node \"" + node + "\" is not allowed to modify node \"" + named(attempt) + "\"");
        }
        if (attempt.operation() == Operation.UPDATE
                && attempt.object().isPresent()
                && attempt.old().isPresent()) {
            JsonNode now = attempt.object().get().at("spec", "taints");
            JsonNode before = attempt.old().get().at("spec", "taints");
            boolean isChanged = !(now.isEmpty() && before.isEmpty()) && !now.equals(before);
            if (isChanged && attempt.subresource().isEmpty()) {
                throw Attempts.forbidden(attempt, "node \"" + node + "\" is not allowed to modify taints");
            }
        }
        attempt.object()
                .ifPresent(object -> object.labels().forEach((key, value) -> {
                    String old = attempt.old()
                            .map(before -> before.labels().get(key))
                            .orElse("");
                    if (key.startsWith(RESTRICTED) && !value.equals(old)) {
                        throw Attempts.forbidden(
                                attempt, "node \"" + node + "\" is not allowed to set the following labels: " + key);
                    }
                }));
    }

    private static void pod(Attempt attempt, Registry registry, String node) {
        switch (attempt.operation()) {
            case CREATE -> {
                if (attempt.subresource().equals("eviction")) {
                    onNode(attempt, stored(attempt, registry), node, "evict");
                } else if (attempt.subresource().isEmpty()) {
                    Resource pod = attempt.object().orElseThrow();
                    if (!pod.annotations().containsKey("kubernetes.io/config.mirror")) {
                        throw Attempts.forbidden(
                                attempt,
                                "pod does not have \"kubernetes.io/config.mirror\" annotation, node \"" + node
                                        + "\" can only create mirror pods");
                    }
                    onNode(attempt, Optional.of(pod), node, "create");
                } else {
                    throw Attempts.forbidden(attempt, "unexpected pod subresource \"" + attempt.subresource() + "\"");
                }
            }
            case UPDATE -> {
                if (!attempt.subresource().equals("status")) {
                    throw Attempts.forbidden(attempt, "node \"" + node + "\" can only update pod status");
                }
                onNode(attempt, attempt.old(), node, "update status for");
            }
            case DELETE -> onNode(attempt, attempt.old().or(() -> stored(attempt, registry)), node, "delete");
            case CONNECT -> {
                // Nodes hold no conversations with pods through the API server; the authorizer refuses them.
            }
        }
    }

    /// Of a claim a node says how its volume grows, and nothing else.
    private static void claim(Attempt attempt, String node) {
        if (!attempt.subresource().equals("status")) {
            throw Attempts.forbidden(attempt, "may only update PVC status");
        }
        boolean isMore = attempt.object().isPresent()
                && attempt.old().isPresent()
                && !withoutGrowth(attempt.object().get())
                        .equals(withoutGrowth(attempt.old().get()));
        if (isMore) {
            throw Attempts.forbidden(
                    attempt,
                    "node \"" + node
                            + "\" is not allowed to update fields other than status.quantity and status.conditions");
        }
    }

    private static JsonNode withoutGrowth(Resource claim) {
        Resource rest = claim.copy();
        rest.metadata().remove(List.of("resourceVersion", "managedFields"));
        rest.object("status")
                .remove(List.of("capacity", "conditions", "allocatedResourceStatuses", "allocatedResources"));
        return rest.tree();
    }

    private static Optional<Resource> stored(Attempt attempt, Registry registry) {
        return registry.get(Attempts.PODS, attempt.namespace(), attempt.name());
    }

    private static void onNode(Attempt attempt, Optional<Resource> pod, String node, String what) {
        boolean isMine =
                pod.map(one -> one.text("spec", "nodeName").equals(node)).orElse(true);
        if (!isMine) {
            throw Attempts.forbidden(
                    attempt, "node \"" + node + "\" can only " + what + " pods with spec.nodeName set to itself");
        }
    }

    private static void token(Attempt attempt, Registry registry, String node) {
        if (!attempt.subresource().equals("token") || attempt.object().isEmpty()) {
            return;
        }
        JsonNode bound = attempt.object().get().at("spec", "boundObjectRef");
        if (!Trees.text(bound, "kind").equals("Pod")) {
            throw Attempts.forbidden(attempt, "node requested token not bound to a pod");
        }
        Optional<Resource> pod =
                registry.get(new GroupResource("", "pods"), attempt.namespace(), Trees.text(bound, "name"));
        if (pod.isEmpty() || !pod.get().text("spec", "nodeName").equals(node)) {
            throw Attempts.forbidden(attempt, "node requested token bound to a pod scheduled on a different node");
        }
    }
}
