package dev.longshore.kinds.authorization;

import dev.longshore.model.Authorizer;
import dev.longshore.model.Registry;
import dev.longshore.model.UserInfo;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/// What nodes may do: what a kubelet needs, and of secrets, claims and the like only what the pods on this very node
/// lead to.
public final class NodeAuthorizer implements Authorizer {

    static final String GROUP = "system:nodes";
    static final String PREFIX = "system:node:";

    private static final Set<String> READ = Set.of("get", "list", "watch");
    private static final Set<String> WRITE_STATUS = Set.of("update", "patch");
    private static final Set<String> OWN = Set.of("get", "create", "update", "patch", "delete");

    /// `RESOURCE[/SUBRESOURCE].GROUP` to the verbs that every node has on all of them.
    private static final Map<String, Set<String>> GENERAL = Map.ofEntries(
            Map.entry("nodes.", Set.of("get", "list", "watch", "create", "update", "patch")),
            Map.entry("nodes/status.", WRITE_STATUS),
            Map.entry("pods.", Set.of("get", "list", "watch", "create", "delete")),
            Map.entry("pods/status.", WRITE_STATUS),
            Map.entry("pods/eviction.", Set.of("create")),
            Map.entry("services.", READ),
            Map.entry("events.", Set.of("create", "update", "patch")),
            Map.entry("events.events.k8s.io", Set.of("create", "update", "patch")),
            Map.entry("csidrivers.storage.k8s.io", READ),
            Map.entry("runtimeclasses.node.k8s.io", READ),
            Map.entry("certificatesigningrequests.certificates.k8s.io", Set.of("get", "list", "watch", "create")),
            Map.entry("tokenreviews.authentication.k8s.io", Set.of("create")),
            Map.entry("subjectaccessreviews.authorization.k8s.io", Set.of("create")),
            Map.entry("localsubjectaccessreviews.authorization.k8s.io", Set.of("create")),
            Map.entry(
                    "resourceslices.resource.k8s.io",
                    Set.of("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection")));

    private final Supplier<Registry> registry;

    /// Looks pods up in `registry`.
    public NodeAuthorizer(Supplier<Registry> registry) {
        this.registry = registry;
    }

    /// The node that `user` is; empty if they are none.
    static String nodeOf(UserInfo user) {
        return user.groups().contains(GROUP) && user.name().startsWith(PREFIX)
                ? user.name().substring(PREFIX.length())
                : "";
    }

    @Override
    public Decision authorize(Attributes attributes) {
        String node = nodeOf(attributes.user());
        if (node.isEmpty() || !attributes.isResource()) {
            return new Decision.NoOpinion("");
        }
        String resource = attributes.subresource().isEmpty()
                ? attributes.resource()
                : attributes.resource() + "/" + attributes.subresource();
        String full = resource + "." + attributes.group();
        return switch (full) {
            case "secrets.", "configmaps." -> read(attributes, node);
            case "serviceaccounts." -> only("get", attributes, node, "not allowed to get service accounts");
            case "serviceaccounts/token." ->
                only("create", attributes, node, "can only create tokens for individual service accounts");
            case "persistentvolumeclaims.",
                    "persistentvolumes.",
                    "volumeattachments.storage.k8s.io",
                    "resourceclaims.resource.k8s.io" ->
                only("get", attributes, node, "can only get individual resources of this type");
            case "persistentvolumeclaims/status." ->
                WRITE_STATUS.contains(attributes.verb())
                        ? related(attributes, node)
                        : new Decision.NoOpinion("can only get/update/patch this type");
            case "leases.coordination.k8s.io" -> lease(attributes, node);
            case "csinodes.storage.k8s.io" ->
                named(
                        attributes,
                        node,
                        "a CSINode",
                        "can only access CSINode with the same name as the requesting node");
            default ->
                GENERAL.getOrDefault(full, Set.of()).contains(attributes.verb())
                        ? new Decision.Allow("")
                        : new Decision.NoOpinion("");
        };
    }

    private Decision read(Attributes attributes, String node) {
        if (!READ.contains(attributes.verb())) {
            return new Decision.NoOpinion("can only read resources of this type");
        }
        if (attributes.namespace().isEmpty()) {
            return new Decision.NoOpinion("can only read namespaced object of this type");
        }
        return attributes.name().isEmpty() ? new Decision.NoOpinion("No Object name found") : related(attributes, node);
    }

    private Decision only(String verb, Attributes attributes, String node, String otherwise) {
        if (!attributes.verb().equals(verb)) {
            return new Decision.NoOpinion(otherwise);
        }
        return attributes.name().isEmpty() ? new Decision.NoOpinion("No Object name found") : related(attributes, node);
    }

    private static Decision lease(Attributes attributes, String node) {
        return attributes.namespace().equals("kube-node-lease")
                ? named(
                        attributes,
                        node,
                        "a node lease",
                        "can only access node lease with the same name as the requesting node")
                : new Decision.NoOpinion("can only access leases in the \"kube-node-lease\" system namespace");
    }

    /// What is created has no name yet; admission looks at it.
    private static Decision named(Attributes attributes, String node, String what, String otherwise) {
        if (!OWN.contains(attributes.verb())) {
            return new Decision.NoOpinion("can only get, create, update, patch, or delete " + what);
        }
        return attributes.verb().equals("create") || attributes.name().equals(node)
                ? new Decision.Allow("")
                : new Decision.NoOpinion(otherwise);
    }

    private Decision related(Attributes attributes, String node) {
        return new NodeReach(registry.get(), node)
                        .reaches(attributes.resource(), attributes.namespace(), attributes.name())
                ? new Decision.Allow("")
                : new Decision.NoOpinion("no relationship found between node '" + node + "' and this object");
    }
}
