package dev.longshore.model;

import dev.longshore.base.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// How objects that `kubectl apply` made on its side of the wire come under server-side apply: what the
/// annotation says was applied last is no conflict for kubectl, and the annotation follows.
final class LastApplied {

    static final String ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration";
    private static final String KUBECTL = "kubectl";
    private static final int ANNOTATIONS_LIMIT = 256 * 1024;

    private LastApplied() {}

    /// The outcome of `apply`, or its conflicts.
    ///
    /// @throws FaultException with [Fault.ApplyConflict]
    static Resource apply(
            ManagedFields.Apply apply,
            ManagedFields.Manager manager,
            Resource live,
            Resource wanted,
            boolean force,
            TypedShape shape) {
        boolean isKubectl = manager.name().equals(KUBECTL);
        if (!force) {
            FieldSet allowed = isKubectl ? allowed(live, manager.apiVersion(), shape) : FieldSet.NONE;
            List<ManagedEntry> conflicts = apply.conflicts().stream()
                    .map(entry -> entry.with(entry.fields().minus(allowed)))
                    .filter(entry -> !entry.fields().isEmpty())
                    .toList();
            if (!conflicts.isEmpty()) {
                throw new FaultException(fault(conflicts));
            }
        }
        Resource result = apply.forced();
        if (isKubectl && !result.text("metadata", "annotations", ANNOTATION).isEmpty()) {
            annotate(result, wanted);
        }
        return result;
    }

    private static Fault fault(List<ManagedEntry> conflicts) {
        var causes = new ArrayList<Cause>();
        for (ManagedEntry entry : conflicts) {
            for (String path : entry.fields().paths()) {
                causes.add(new Cause("FieldManagerConflict", path, "conflict with " + entry.shown()));
            }
        }
        return new Fault.ApplyConflict(causes);
    }

    /// What the annotation says was applied, as far as the object still has it so.
    private static FieldSet allowed(Resource live, String apiVersion, TypedShape shape) {
        Optional<ObjectNode> last =
                last(live).filter(tree -> tree.path("apiVersion").asString("").equals(apiVersion));
        boolean isUsable =
                last.isPresent() && TypedCheck.errors(last.get(), shape).isEmpty();
        if (!isUsable) {
            return FieldSet.NONE;
        }
        JsonNode none = Json.object();
        return FieldPlaces.sent(last.get(), shape)
                .minus(FieldChanges.gained(last.get(), live.tree(), shape, none))
                .minus(FieldChanges.lost(last.get(), live.tree(), shape, none));
    }

    private static Optional<ObjectNode> last(Resource live) {
        String text = live.text("metadata", "annotations", ANNOTATION);
        try {
            return text.isEmpty() || !(Json.parse(text) instanceof ObjectNode tree)
                    ? Optional.empty()
                    : Optional.of(tree);
        } catch (Json.MalformedException broken) {
            return Optional.empty();
        }
    }

    private static void annotate(Resource result, Resource wanted) {
        Resource sent = wanted.copy();
        if (sent.at("metadata", "annotations") instanceof ObjectNode annotations) {
            annotations.remove(ANNOTATION);
        } else {
            sent.metadata().remove("annotations");
        }
        ObjectNode annotations =
                result.metadata().path("annotations").deepCopy().asObject();
        annotations.put(ANNOTATION, GoText.json(sent.tree()) + "\n");
        long size = annotations.properties().stream()
                .mapToLong(
                        entry -> bytes(entry.getKey()) + bytes(entry.getValue().asString("")))
                .sum();
        if (size > ANNOTATIONS_LIMIT) {
            annotations.remove(ANNOTATION);
        }
        result.metadata().set("annotations", annotations);
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
