package dev.longshore.kinds.policies;

import dev.longshore.base.Json;
import dev.longshore.model.Admission.Attempt;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/// The namespace that policies see beside an object: looked up when the first of them matches. For one thread.
final class RequestNamespace {

    private static final GroupResource NAMESPACES = new GroupResource("", "namespaces");
    private static final Set<String> SHOWN = Set.of(
            "name",
            "generateName",
            "namespace",
            "uid",
            "resourceVersion",
            "generation",
            "creationTimestamp",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
            "labels",
            "annotations",
            "finalizers");

    private final Attempt attempt;
    private final Registry registry;
    private JsonNode found;

    RequestNamespace(Attempt attempt, Registry registry) {
        this.attempt = attempt;
        this.registry = registry;
    }

    /// Missing for what lives in no namespace, and for Namespaces themselves.
    ///
    /// @throws FaultException if it is not there
    JsonNode tree() {
        if (found == null) {
            boolean isNone = attempt.namespace().isEmpty()
                    || attempt.kind().group().isEmpty() && attempt.kind().kind().equals("Namespace");
            found = isNone ? MissingNode.getInstance() : shown(lookedUp(attempt.namespace()));
        }
        return found;
    }

    private Resource lookedUp(String name) {
        return registry.get(NAMESPACES, "", name)
                .orElseThrow(() -> new FaultException(new Fault.NotFound(NAMESPACES, name)));
    }

    private static ObjectNode shown(Resource namespace) {
        ObjectNode shown = Json.object();
        ObjectNode metadata = shown.putObject("metadata");
        namespace.metadata().properties().forEach(field -> {
            if (SHOWN.contains(field.getKey())) {
                metadata.set(field.getKey(), field.getValue());
            }
        });
        namespace.find("spec").ifPresent(spec -> shown.set("spec", spec));
        namespace.find("status").ifPresent(status -> shown.set("status", status));
        return shown;
    }
}
