package dev.longshore.kinds.authorization;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Authorizer;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import dev.longshore.model.UserInfo;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/// What nodes may do: what a kubelet needs, and of secrets and the like only what the pods on this very node
/// use.
public final class NodeAuthorizer implements Authorizer {

    static final String GROUP = "system:nodes";
    static final String PREFIX = "system:node:";

    private static final Set<String> READ = Set.of("get", "list", "watch");
    private static final Set<String> WRITE_STATUS = Set.of("update", "patch");

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
            Map.entry("persistentvolumes.", READ),
            Map.entry("persistentvolumeclaims.", Set.of("get")),
            Map.entry("persistentvolumeclaims/status.", Set.of("get", "update", "patch")),
            Map.entry("volumeattachments.storage.k8s.io", Set.of("get")),
            Map.entry("csidrivers.storage.k8s.io", READ),
            Map.entry("csinodes.storage.k8s.io", Set.of("get", "create", "update", "patch", "delete")),
            Map.entry("runtimeclasses.node.k8s.io", READ),
            Map.entry("leases.coordination.k8s.io", Set.of("get", "create", "update", "patch", "delete")),
            Map.entry("certificatesigningrequests.certificates.k8s.io", Set.of("get", "list", "watch", "create")),
            Map.entry("tokenreviews.authentication.k8s.io", Set.of("create")),
            Map.entry("subjectaccessreviews.authorization.k8s.io", Set.of("create")),
            Map.entry("localsubjectaccessreviews.authorization.k8s.io", Set.of("create")),
            Map.entry("resourceclaims.resource.k8s.io", Set.of("get")),
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
        if (attributes.group().isEmpty()) {
            switch (resource) {
                case "secrets", "configmaps" -> {
                    return used(attributes, node);
                }
                case "serviceaccounts/token", "serviceaccounts" -> {
                    boolean isAllowed = attributes.verb().equals(resource.endsWith("token") ? "create" : "get");
                    return isAllowed ? used(attributes, node) : new Decision.NoOpinion("");
                }
                default -> {
                    // Everything else is in the table.
                }
            }
        }
        if (resource.equals("leases") && !attributes.namespace().equals("kube-node-lease")) {
            return new Decision.NoOpinion("can only access leases in the \"kube-node-lease\" system namespace");
        }
        return GENERAL.getOrDefault(resource + "." + attributes.group(), Set.of())
                        .contains(attributes.verb())
                ? new Decision.Allow("")
                : new Decision.NoOpinion("");
    }

    private Decision used(Attributes attributes, String node) {
        boolean isRead = !attributes.resource().equals("serviceaccounts");
        if (isRead && !READ.contains(attributes.verb())) {
            return new Decision.NoOpinion("can only read resources of this type");
        }
        if (attributes.name().isEmpty()) {
            return new Decision.NoOpinion("No Object name found");
        }
        for (Resource pod : registry.get().list(new GroupResource("", "pods"), attributes.namespace())) {
            if (pod.text("spec", "nodeName").equals(node)
                    && PodReferences.uses(pod.tree(), attributes.resource(), attributes.name())) {
                return new Decision.Allow("");
            }
        }
        return new Decision.NoOpinion("no relationship found between node '" + node + "' and this object");
    }

    /// What pods refer to.
    private static final class PodReferences {

        static boolean uses(ObjectNode pod, String resource, String name) {
            ObjectNode spec = Trees.object(pod, "spec").orElse(pod);
            return switch (resource) {
                case "serviceaccounts" -> Trees.text(spec, "serviceAccountName").equals(name);
                case "secrets" ->
                    Trees.list(spec, "imagePullSecrets").stream()
                                    .anyMatch(
                                            secret -> Trees.text(secret, "name").equals(name))
                            || inVolumes(spec, "secret", "secretName", name)
                            || inContainers(spec, "secretRef", "secretKeyRef", name);
                default ->
                    inVolumes(spec, "configMap", "name", name)
                            || inContainers(spec, "configMapRef", "configMapKeyRef", name);
            };
        }

        private static boolean inVolumes(ObjectNode spec, String source, String field, String name) {
            for (ObjectNode volume : Trees.list(spec, "volumes")) {
                boolean isProjected = Trees.list(volume, "projected", "sources").stream()
                        .anyMatch(projection ->
                                Trees.text(projection, source, "name").equals(name));
                if (isProjected || Trees.text(volume, source, field).equals(name)) {
                    return true;
                }
            }
            return false;
        }

        private static boolean inContainers(ObjectNode spec, String whole, String key, String name) {
            for (String list : List.of("containers", "initContainers", "ephemeralContainers")) {
                for (ObjectNode container : Trees.list(spec, list)) {
                    boolean isUsed = Trees.list(container, "envFrom").stream()
                                    .anyMatch(source ->
                                            Trees.text(source, whole, "name").equals(name))
                            || Trees.list(container, "env").stream()
                                    .anyMatch(variable -> Trees.text(variable, "valueFrom", key, "name")
                                            .equals(name));
                    if (isUsed) {
                        return true;
                    }
                }
            }
            return false;
        }
    }
}
