package dev.longshore.kinds.admission;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Admission.Attempt;
import dev.longshore.model.Admission.Operation;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// What a node may do with pods: show those that a file of its own makes, delete and evict its own, and say how they
/// are.
final class NodePods {

    private static final String MIRROR = "kubernetes.io/config.mirror";

    private NodePods() {}

    static void check(Attempt attempt, Registry registry, String node) {
        switch (attempt.subresource()) {
            case "" -> pod(attempt, registry, node);
            case "status" -> status(attempt, node);
            case "eviction" -> {
                if (attempt.operation() != Operation.CREATE) {
                    throw Attempts.forbidden(attempt, "unexpected operation " + attempt.operation());
                }
                if (!isOn(stored(attempt, registry), node)) {
                    throw Attempts.forbidden(
                            attempt, "node " + node + " can only evict pods with spec.nodeName set to itself");
                }
            }
            default ->
                throw Attempts.forbidden(
                        attempt,
                        "unexpected pod subresource \"" + attempt.subresource()
                                + "\", only 'status' and 'eviction' are allowed");
        }
    }

    private static void pod(Attempt attempt, Registry registry, String node) {
        switch (attempt.operation()) {
            case CREATE -> mirror(attempt, registry, node, attempt.object().orElseThrow());
            case DELETE -> {
                Resource pod = attempt.old().orElseGet(() -> stored(attempt, registry));
                if (!isOn(pod, node)) {
                    throw only(attempt, node, "can only delete pods with spec.nodeName set to itself");
                }
            }
            case UPDATE, CONNECT ->
                throw Attempts.forbidden(
                        attempt,
                        "unexpected operation \"" + attempt.operation() + "\", node \"" + node
                                + "\" can only create and delete mirror pods");
        }
    }

    private static void mirror(Attempt attempt, Registry registry, String node, Resource pod) {
        if (!pod.annotations().containsKey(MIRROR)) {
            throw Attempts.forbidden(
                    attempt,
                    "pod does not have \"" + MIRROR + "\" annotation, node \"" + node
                            + "\" can only create mirror pods");
        }
        if (!isOn(pod, node)) {
            throw only(attempt, node, "can only create pods with spec.nodeName set to itself");
        }
        owner(attempt, registry, node, pod);
        Optional<String> reference = reference(attempt, pod);
        if (reference.isPresent()) {
            throw only(attempt, node, "can not create pods that reference " + reference.get());
        }
    }

    private static void owner(Attempt attempt, Registry registry, String node, Resource pod) {
        List<ObjectNode> owners = Trees.list(pod.tree(), "metadata", "ownerReferences");
        if (owners.size() > 1) {
            throw only(attempt, node, "can only create pods with a single owner reference set to itself");
        }
        boolean isItself = owners.stream()
                .anyMatch(owner -> Trees.text(owner, "apiVersion").equals("v1")
                        && Trees.text(owner, "kind").equals("Node")
                        && Trees.text(owner, "name").equals(node));
        if (!isItself) {
            throw only(attempt, node, "can only create pods with an owner reference set to itself");
        }
        ObjectNode owner = owners.getFirst();
        if (!Trees.flag(owner, "controller")) {
            throw only(attempt, node, "can only create pods with a controller owner reference set to itself");
        }
        if (Trees.flag(owner, "blockOwnerDeletion")) {
            throw only(attempt, node, "must not set blockOwnerDeletion on an owner reference");
        }
        Resource stored = registry.get(Attempts.NODES, "", node)
                .orElseThrow(() -> new FaultException(new Fault.NotFound(Attempts.NODES, node)));
        String uid = Trees.text(owner, "uid");
        if (!stored.uid().equals(uid)) {
            throw Attempts.forbidden(
                    attempt, "node " + node + " UID mismatch: expected " + uid + " got " + stored.uid());
        }
    }

    private static Optional<String> reference(Attempt attempt, Resource pod) {
        try {
            return ObjectReferences.of(pod);
        } catch (IllegalArgumentException unknown) {
            throw Attempts.forbidden(attempt, "error checking mirror pod for API references: " + unknown.getMessage());
        }
    }

    private static void status(Attempt attempt, String node) {
        if (attempt.operation() != Operation.UPDATE) {
            throw Attempts.forbidden(attempt, "unexpected operation \"" + attempt.operation() + "\"");
        }
        Resource old = attempt.old().orElseThrow();
        Resource now = attempt.object().orElseThrow();
        if (!isOn(old, node)) {
            throw only(attempt, node, "can only update pod status for pods with spec.nodeName set to itself");
        }
        if (!Trees.same(now.tree(), old.tree(), "metadata", "labels")) {
            throw only(attempt, node, "cannot update labels through pod status");
        }
        if (!Trees.same(now.tree(), old.tree(), "status", "resourceClaimStatuses")) {
            throw only(attempt, node, "cannot update resource claim statues");
        }
        if (!Trees.same(now.tree(), old.tree(), "status", "extendedResourceClaimStatus")) {
            throw only(attempt, node, "cannot update extended resource claim status");
        }
    }

    private static Resource stored(Attempt attempt, Registry registry) {
        String name = Attempts.named(attempt);
        return registry.get(Attempts.PODS, attempt.namespace(), name)
                .orElseThrow(() -> new FaultException(new Fault.NotFound(Attempts.PODS, name)));
    }

    private static boolean isOn(Resource pod, String node) {
        return pod.text("spec", "nodeName").equals(node);
    }

    private static FaultException only(Attempt attempt, String node, String what) {
        return Attempts.forbidden(attempt, "node \"" + node + "\" " + what);
    }
}
