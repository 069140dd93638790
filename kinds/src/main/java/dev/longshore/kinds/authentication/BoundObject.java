package dev.longshore.kinds.authentication;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// What a token is bound to, as its request names it.
///
/// @param object the pod, secret or node, with its kind
/// @param node that a pod is on, with its name only if there is no such node (any more)
record BoundObject(Resource object, Optional<Resource> node) {

    private static final GroupResource PODS = new GroupResource("", "pods");
    private static final GroupResource NODES = new GroupResource("", "nodes");
    private static final GroupResource SECRETS = new GroupResource("", "secrets");

    /// What `request` names, if anything.
    ///
    /// @throws FaultException when it is not there, another one, or nothing that tokens can be bound to
    static Optional<BoundObject> of(Registry registry, Resource account, Resource request) {
        return Trees.object(request.tree(), "spec", "boundObjectRef")
                .map(reference -> find(registry, account, reference));
    }

    private static BoundObject find(Registry registry, Resource account, ObjectNode reference) {
        GroupVersionKind kind = kind(reference);
        String name = Trees.text(reference, "name");
        Resource object =
                switch (kind.group().isEmpty() ? kind.kind() : "") {
                    case "Pod" -> {
                        Resource pod = get(registry, PODS, account.namespace(), name);
                        if (!pod.text("spec", "serviceAccountName").equals(account.name())) {
                            throw new FaultException(new Fault.BadRequest("cannot bind token for serviceaccount \""
                                    + account.name() + "\" to pod running with different serviceaccount name."));
                        }
                        yield pod;
                    }
                    case "Secret" -> get(registry, SECRETS, account.namespace(), name);
                    case "Node" -> get(registry, NODES, "", name);
                    default ->
                        throw new FaultException(new Fault.BadRequest("cannot bind token to object of type "
                                + kind.group() + "/" + kind.version() + ", Kind=" + kind.kind()));
                };
        String uid = Trees.text(reference, "uid");
        if (!uid.isEmpty() && !uid.equals(object.uid())) {
            throw new FaultException(new Fault.Conflict(
                    new GroupResource("", kind.kind()),
                    name,
                    "the UID in the bound object reference (" + uid + ") does not match the UID in record. The object"
                            + " might have been deleted and then recreated"));
        }
        Resource known = object.copy();
        known.tree().put("kind", kind.kind());
        return new BoundObject(known, kind.kind().equals("Pod") ? nodeOf(registry, object) : Optional.empty());
    }

    private static Optional<Resource> nodeOf(Registry registry, Resource pod) {
        String name = pod.text("spec", "nodeName");
        return name.isEmpty()
                ? Optional.empty()
                : registry.get(NODES, "", name)
                        .or(() -> Optional.of(Resource.of(new GroupVersionKind("", "v1", "Node"), "", name)));
    }

    private static Resource get(Registry registry, GroupResource resource, String namespace, String name) {
        return registry.get(resource, namespace, name)
                .orElseThrow(() -> new FaultException(new Fault.NotFound(resource, name)));
    }

    private static GroupVersionKind kind(ObjectNode reference) {
        String apiVersion = Trees.text(reference, "apiVersion");
        int slash = apiVersion.indexOf('/');
        return new GroupVersionKind(
                slash < 0 ? "" : apiVersion.substring(0, slash),
                apiVersion.substring(slash + 1),
                Trees.text(reference, "kind"));
    }
}
