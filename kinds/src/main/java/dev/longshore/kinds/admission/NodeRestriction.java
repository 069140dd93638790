package dev.longshore.kinds.admission;

import dev.longshore.kinds.access.NodeRequests;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Admission;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import dev.longshore.model.UserInfo;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// A node may write itself, its lease, and the pods that are on it; so a broken one cannot break others.
final class NodeRestriction implements Admission {

    private static final String GROUP = "system:nodes";
    private static final String PREFIX = "system:node:";

    private final NodeTokens tokens;

    NodeRestriction(KindsContext context) {
        this.tokens = new NodeTokens(context);
    }

    @Override
    public String name() {
        return "NodeRestriction";
    }

    @Override
    public void mutate(Attempt attempt, Registry registry) {
        UserInfo user = attempt.call().user();
        boolean isNode = user.groups().contains(GROUP) && user.name().startsWith(PREFIX);
        if (!isNode || attempt.operation() == Operation.CONNECT) {
            return;
        }
        String node = user.name().substring(PREFIX.length());
        if (node.isEmpty()) {
            throw Attempts.forbidden(attempt, "could not determine node from user \"" + user.name() + "\"");
        }
        switch (attempt.resource().toString()) {
            case "nodes" -> NodeSelf.check(attempt, node);
            case "pods" -> NodePods.check(attempt, registry, node);
            case "persistentvolumeclaims" -> claim(attempt, node);
            case "serviceaccounts" -> tokens.check(attempt, registry, node);
            case "podcertificaterequests.certificates.k8s.io" -> NodeCertificates.check(attempt, registry, node);
            case "leases.coordination.k8s.io" -> lease(attempt, node);
            case "csinodes.storage.k8s.io" -> {
                if (!Attempts.named(attempt).equals(node)) {
                    throw Attempts.forbidden(
                            attempt, "can only access CSINode with the same name as the requesting node");
                }
            }
            case "resourceslices.resource.k8s.io" -> slice(attempt, node);
            case "certificatesigningrequests.certificates.k8s.io" -> {
                if (Attempts.created(attempt, attempt.resource())
                        .filter(request -> NodeRequests.isForAnother(request, node))
                        .isPresent()) {
                    throw Attempts.forbidden(attempt, "can only create a node CSR with CN=" + PREFIX + node);
                }
            }
            default -> {
                // The authorizer has said what else nodes may do.
            }
        }
    }

    private static void lease(Attempt attempt, String node) {
        if (!attempt.namespace().equals("kube-node-lease")) {
            throw Attempts.forbidden(attempt, "can only access leases in the \"kube-node-lease\" system namespace");
        }
        if (!Attempts.named(attempt).equals(node)) {
            throw Attempts.forbidden(attempt, "can only access node lease with the same name as the requesting node");
        }
    }

    /// Of others the authorizer keeps it away; but it does not see what is in an object, nor each that is deleted.
    private static void slice(Attempt attempt, String node) {
        switch (attempt.operation()) {
            case CREATE -> {
                if (!isOf(attempt.object().orElseThrow(), node)) {
                    throw Attempts.forbidden(
                            attempt, "can only create ResourceSlice with the same NodeName as the requesting node");
                }
            }
            case DELETE -> {
                if (attempt.old().filter(slice -> !isOf(slice, node)).isPresent()) {
                    throw Attempts.forbidden(
                            attempt, "can only delete ResourceSlice with the same NodeName as the requesting node");
                }
            }
            case UPDATE, CONNECT -> {
                // As the authorizer says.
            }
        }
    }

    private static boolean isOf(Resource slice, String node) {
        return slice.text("spec", "nodeName").equals(node);
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
        return Trees.pruned(rest.tree());
    }
}
