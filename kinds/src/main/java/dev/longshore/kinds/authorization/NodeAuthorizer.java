package dev.longshore.kinds.authorization;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Authorizer;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import dev.longshore.model.UserInfo;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/// What nodes may do: what a kubelet needs, and of pods, secrets, claims and the like only what is on this very node
/// or what its pods lead to. Whoever lists or watches must say by a selector that only its own is meant.
public final class NodeAuthorizer implements Authorizer {

    static final String GROUP = "system:nodes";
    static final String PREFIX = "system:node:";

    private static final String NODE_FIELD = "spec.nodeName";
    private static final Set<String> READ = Set.of("get", "list", "watch");
    private static final Set<String> WATCH = Set.of("list", "watch");
    private static final Set<String> WRITE_STATUS = Set.of("update", "patch");
    private static final Set<String> OWN = Set.of("get", "create", "update", "patch", "delete");
    private static final Decision ALLOW = new Decision.Allow("");
    private static final Decision NOTHING = new Decision.NoOpinion("");

    private final Supplier<Registry> registry;
    private final List<Rule> general;

    /// Looks pods up in `registry`.
    public NodeAuthorizer(Supplier<Registry> registry) {
        this.registry = registry;
        this.general = BootstrapRoles.all().stream()
                .filter(role -> role.name().equals("system:node") && Trees.has(role.tree(), "rules"))
                .map(Resource::tree)
                .flatMap(role -> Rule.of(role).stream())
                .toList();
    }

    private static boolean isNode(UserInfo user) {
        return user.groups().contains(GROUP) && user.name().startsWith(PREFIX);
    }

    /// The node that `user` is; empty if they are none.
    static String nodeOf(UserInfo user) {
        return isNode(user) ? user.name().substring(PREFIX.length()) : "";
    }

    @Override
    public Rules rules(UserInfo user, String namespace) {
        return isNode(user)
                ? new Rules(List.of(), List.of(), true, "node authorizer does not support user rule resolution")
                : Rules.NONE;
    }

    @Override
    public Decision authorize(Attributes attributes) {
        UserInfo user = attributes.user();
        if (!isNode(user)) {
            return NOTHING;
        }
        String node = nodeOf(user);
        if (node.isEmpty()) {
            return new Decision.NoOpinion("unknown node for user \"" + user.name() + "\"");
        }
        if (!attributes.isResource()) {
            return byRole(attributes);
        }
        return switch (attributes.resource() + "." + attributes.group()) {
            case "secrets.", "configmaps." -> read(attributes, node);
            case "persistentvolumeclaims." ->
                attributes.subresource().equals("status") ? status(attributes, node) : get(attributes, node);
            case "persistentvolumes.", "volumeattachments.storage.k8s.io", "resourceclaims.resource.k8s.io" ->
                get(attributes, node);
            case "serviceaccounts." -> account(attributes, node);
            case "leases.coordination.k8s.io" -> lease(attributes, node);
            case "csinodes.storage.k8s.io" -> driver(attributes, node);
            case "resourceslices.resource.k8s.io" -> slice(attributes, node);
            case "nodes." -> node(attributes, node);
            case "pods." -> pod(attributes, node);
            case "podcertificaterequests.certificates.k8s.io" -> certificate(attributes, node);
            default -> byRole(attributes);
        };
    }

    private Decision byRole(Attributes attributes) {
        return general.stream().anyMatch(rule -> rule.allows(attributes)) ? ALLOW : NOTHING;
    }

    private Decision read(Attributes attributes, String node) {
        if (!READ.contains(attributes.verb())) {
            return no("can only read resources of this type");
        }
        if (!attributes.subresource().isEmpty()) {
            return no("cannot read subresource");
        }
        if (attributes.namespace().isEmpty()) {
            return no("can only read namespaced object of this type");
        }
        return related(attributes, node);
    }

    private Decision get(Attributes attributes, String node) {
        if (!attributes.verb().equals("get")) {
            return no("can only get individual resources of this type");
        }
        return attributes.subresource().isEmpty() ? related(attributes, node) : no("cannot get subresource");
    }

    private Decision status(Attributes attributes, String node) {
        return WRITE_STATUS.contains(attributes.verb())
                ? related(attributes, node)
                : no("can only get/update/patch this type");
    }

    private Decision account(Attributes attributes, String node) {
        if (attributes.verb().equals("get") && attributes.subresource().isEmpty()) {
            return read(attributes, node);
        }
        if (!attributes.verb().equals("create") || attributes.name().isEmpty()) {
            return no("can only create tokens for individual service accounts");
        }
        return attributes.subresource().equals("token")
                ? related(attributes, node)
                : no("can only create token subresource of serviceaccount");
    }

    private static Decision lease(Attributes attributes, String node) {
        if (!OWN.contains(attributes.verb())) {
            return no("can only get, create, update, patch, or delete a node lease");
        }
        if (!attributes.namespace().equals("kube-node-lease")) {
            return no("can only access leases in the \"kube-node-lease\" system namespace");
        }
        return isOwn(attributes, node)
                ? ALLOW
                : no("can only access node lease with the same name as the requesting node");
    }

    private static Decision driver(Attributes attributes, String node) {
        if (!OWN.contains(attributes.verb())) {
            return no("can only get, create, update, patch, or delete a CSINode");
        }
        if (!attributes.subresource().isEmpty()) {
            return no("cannot authorize CSINode subresources");
        }
        return isOwn(attributes, node)
                ? ALLOW
                : no("can only access CSINode with the same name as the requesting node");
    }

    /// What is created has no name yet; admission looks at it.
    private static boolean isOwn(Attributes attributes, String node) {
        return attributes.verb().equals("create") || attributes.name().equals(node);
    }

    private Decision slice(Attributes attributes, String node) {
        if (!attributes.subresource().isEmpty()) {
            return no("cannot authorize ResourceSlice subresources");
        }
        return switch (attributes.verb()) {
            case "create" -> ALLOW;
            case "get", "update", "patch", "delete" -> related(attributes, node);
            case "watch", "list", "deletecollection" ->
                attributes.selection().isOnly(NODE_FIELD, node)
                        ? ALLOW
                        : no("can only list/watch/deletecollection resourceslices with nodeName field selector");
            default ->
                no("only the following verbs are allowed for a ResourceSlice: get, watch, list, create, update, patch,"
                        + " delete, deletecollection");
        };
    }

    private static Decision node(Attributes attributes, String node) {
        String verb = attributes.verb();
        return switch (attributes.subresource()) {
            case "" -> {
                if (verb.equals("create") || WRITE_STATUS.contains(verb)) {
                    yield ALLOW;
                }
                yield READ.contains(verb) ? ownNode(attributes.name(), node) : NOTHING;
            }
            case "status" -> WRITE_STATUS.contains(verb) ? ALLOW : NOTHING;
            default -> NOTHING;
        };
    }

    private static Decision ownNode(String asked, String node) {
        if (asked.equals(node)) {
            return ALLOW;
        }
        return asked.isEmpty()
                ? no("node '" + node + "' cannot read all nodes, only its own Node object")
                : no("node '" + node + "' cannot read '" + asked + "', only its own Node object");
    }

    private Decision pod(Attributes attributes, String node) {
        String verb = attributes.verb();
        return switch (attributes.subresource()) {
            case "" ->
                switch (verb) {
                    case "get" -> related(attributes, node);
                    case "list", "watch" -> pods(attributes, node);
                    // Of mirror pods; admission looks at them.
                    case "create", "delete" -> ALLOW;
                    default -> NOTHING;
                };
            case "status" -> WRITE_STATUS.contains(verb) ? ALLOW : NOTHING;
            case "eviction" -> verb.equals("create") ? ALLOW : NOTHING;
            default -> NOTHING;
        };
    }

    private Decision pods(Attributes attributes, String node) {
        if (attributes.selection().isOnly(NODE_FIELD, node)) {
            return ALLOW;
        }
        return attributes.name().isEmpty()
                ? no("can only list/watch pods with spec.nodeName field selector")
                : related(attributes, node);
    }

    private Decision certificate(Attributes attributes, String node) {
        String verb = attributes.verb();
        if (!attributes.subresource().isEmpty()) {
            return no("nodes may not access the status subresource of PodCertificateRequests");
        }
        if (verb.equals("create")) {
            return ALLOW;
        }
        if (verb.equals("get")) {
            return related(attributes, node);
        }
        if (!WATCH.contains(verb)) {
            return no("nodes may not " + verb + " podcertificaterequests");
        }
        return attributes.selection().isOnly(NODE_FIELD, node)
                ? ALLOW
                : no("can only list/watch podcertificaterequests with nodeName field selector");
    }

    private Decision related(Attributes attributes, String node) {
        if (attributes.name().isEmpty()) {
            return no("No Object name found");
        }
        return new NodeReach(registry.get(), node)
                        .reaches(attributes.resource(), attributes.namespace(), attributes.name())
                ? ALLOW
                : no("no relationship found between node '" + node + "' and this object");
    }

    private static Decision no(String why) {
        return new Decision.NoOpinion(why);
    }
}
