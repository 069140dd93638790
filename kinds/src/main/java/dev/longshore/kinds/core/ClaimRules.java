package dev.longshore.kinds.core;

import dev.longshore.base.Json;
import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.LineDiff;
import dev.longshore.kinds.kit.ResourceNames;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.pods.ClaimChecks;
import dev.longshore.kinds.pods.ResourceChecks;
import dev.longshore.kinds.pods.VolumeWarnings;
import dev.longshore.model.Quantity;
import dev.longshore.model.Resource;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// How claims come to be and what of them may change: while they wait, the volume they get; once they are bound, how
/// much they ask for and the class of their attributes.
final class ClaimRules {

    private static final String SPEC = "spec";
    private static final String CLASS = "storageClassName";
    private static final String ATTRIBUTES = "volumeAttributesClassName";
    private static final String OLD_CLASS = "volume.beta.kubernetes.io/storage-class";

    private static final List<String> RESIZING = List.of(
            "ControllerResizeInProgress",
            "ControllerResizeInfeasible",
            "NodeResizeInProgress",
            "NodeResizeInfeasible",
            "NodeResizePending");

    private ClaimRules() {}

    /// Has both spellings of what a claim is filled from say the same.
    static void sources(ObjectNode claim) {
        if (!(claim.get(SPEC) instanceof ObjectNode spec)) {
            return;
        }
        if (Trees.has(spec, "dataSource") && !isKnown(spec.path("dataSource"))) {
            spec.remove("dataSource");
        }
        JsonNode reference = spec.path("dataSourceRef");
        if (!Trees.text(reference, "namespace").isEmpty()) {
            return;
        }
        if (Trees.has(spec, "dataSource") && !reference.isObject()) {
            spec.set("dataSourceRef", spec.path("dataSource").deepCopy());
        } else if (reference.isObject() && !Trees.has(spec, "dataSource")) {
            spec.set("dataSource", reference.deepCopy());
        }
    }

    private static boolean isKnown(JsonNode source) {
        return switch (Trees.text(source, "kind")) {
            case "PersistentVolumeClaim" -> Trees.text(source, "apiGroup").isEmpty();
            case "VolumeSnapshot" -> Trees.text(source, "apiGroup").equals("snapshot.storage.k8s.io");
            default -> false;
        };
    }

    static void change(Checks checks, ObjectNode claim, ObjectNode old) {
        boolean isUpgraded = fromAnnotation(claim, old);
        JsonNode before = Trees.at(old, "metadata", "annotations", OLD_CLASS);
        JsonNode now = Trees.at(claim, "metadata", "annotations", OLD_CLASS);
        if (!isUpgraded && !now.asString("").equals(before.asString(""))) {
            checks.invalid("metadata.annotations[" + OLD_CLASS + "]", now.asString(""), Checks.IMMUTABLE);
        }
        boolean isClassFree = isUpgraded || !hasClass(old);
        JsonNode fixed = fixed(claim, old, claim, isClassFree);
        JsonNode was = fixed(old, old, claim, isClassFree);
        if (!Trees.pruned(fixed).equals(Trees.pruned(was))) {
            checks.forbidden(
                    SPEC,
                    "spec is immutable after creation except resources.requests and volumeAttributesClassName for"
                            + " bound claims\n" + LineDiff.of("PersistentVolumeClaimSpec", was, fixed));
        }
        Quantity size = storage(claim.path(SPEC).path("resources").path("requests"));
        Quantity held = storage(Trees.at(old, "status", "capacity"));
        if (size.compareTo(storage(Trees.at(old, SPEC, "resources", "requests"))) < 0 && size.compareTo(held) <= 0) {
            checks.forbidden("spec.resources.requests.storage", "field can not be less than status.capacity");
        }
        checks.unchanged("volumeMode", claim, old, SPEC, "volumeMode");
        attributes(checks, claim, old);
    }

    /// What has been applied to the volume cannot be taken back.
    private static void attributes(Checks checks, ObjectNode claim, ObjectNode old) {
        boolean isSame = Trees.same(claim, old, SPEC, ATTRIBUTES);
        if (isSame || !Trees.has(old, "status", "currentVolumeAttributesClassName")) {
            return;
        }
        String at = "spec." + ATTRIBUTES;
        String condition = "is forbidden when status.currentVolumeAttributesClassName is not nil";
        if (!Trees.has(claim, SPEC, ATTRIBUTES)) {
            checks.forbidden(at, "update to nil " + condition);
        } else if (Trees.text(claim, SPEC, ATTRIBUTES).isEmpty()) {
            checks.forbidden(at, "update to empty string " + condition);
        }
    }

    /// True if the class has only moved from the annotation which it was once into its field.
    private static boolean fromAnnotation(ObjectNode claim, ObjectNode old) {
        String before = Trees.text(old, "metadata", "annotations", OLD_CLASS);
        String now = Trees.text(claim, "metadata", "annotations", OLD_CLASS);
        return !before.isEmpty()
                && !Trees.has(old, SPEC, CLASS)
                && Trees.text(claim, SPEC, CLASS).equals(before)
                && (now.isEmpty() || now.equals(before));
    }

    private static boolean hasClass(ObjectNode claim) {
        return Trees.has(claim, SPEC, CLASS) || Trees.has(claim, "metadata", "annotations", OLD_CLASS);
    }

    /// The spec with what may change as it is in `other`.
    private static JsonNode fixed(ObjectNode claim, ObjectNode old, ObjectNode other, boolean isClassFree) {
        ObjectNode spec = Trees.object(claim, SPEC).map(ObjectNode::deepCopy).orElseGet(Json::object);
        JsonNode others = other.path(SPEC);
        if (Trees.text(old, SPEC, "volumeName").isEmpty()) {
            set(spec, "volumeName", others);
        }
        if (isClassFree) {
            spec.remove(CLASS);
        }
        if (Trees.text(old, "status", "phase").equals("Bound")) {
            set(spec, ATTRIBUTES, others);
            if (Trees.at(spec, "resources", "requests") instanceof ObjectNode requests) {
                set(requests, "storage", Trees.at(others, "resources", "requests"));
            }
        }
        return spec;
    }

    private static void set(ObjectNode object, String field, JsonNode from) {
        if (from.has(field)) {
            object.set(field, from.path(field));
        } else {
            object.remove(field);
        }
    }

    private static Quantity storage(JsonNode amounts) {
        return Quantity.find(Trees.text(amounts, "storage")).orElse(Quantity.ZERO);
    }

    static void status(Checks checks, ObjectNode claim, ObjectNode old) {
        if (Trees.at(claim, SPEC, "accessModes").isEmpty()) {
            checks.required("Spec.accessModes");
        }
        Trees.at(claim, "status", "capacity")
                .properties()
                .forEach(amount ->
                        ResourceChecks.basic(checks, "status.capacity[" + amount.getKey() + "]", amount.getValue()));
        Trees.at(claim, "status", "allocatedResourceStatuses").properties().forEach(status -> {
            String at = "status.allocatedResourceStatuses";
            isResource(checks, at, status.getKey());
            if (!RESIZING.contains(status.getValue().asString(""))) {
                checks.unsupported(at, status.getKey(), RESIZING.toArray(String[]::new));
            }
        });
        Trees.at(claim, "status", "allocatedResources").properties().forEach(amount -> {
            String at = "status.allocatedResources";
            String key = at + "[" + amount.getKey() + "]";
            if (isResource(checks, at, amount.getKey()) && ResourceChecks.basic(checks, key, amount.getValue())) {
                ResourceChecks.amount(checks, key, amount.getValue(), "storage");
            }
        });
    }

    private static boolean isResource(Checks checks, String at, String name) {
        int found = checks.count();
        ResourceChecks.name(checks, at, name);
        if (checks.count() == found && ResourceNames.isNative(name) && !name.equals("storage")) {
            checks.unsupported(at, name, "storage");
        }
        return checks.count() == found;
    }

    static void check(Checks checks, ObjectNode claim) {
        ClaimChecks.spec(checks, SPEC, claim.path(SPEC));
    }

    /// Adds what is to be said of the annotation that named a class once.
    static void oldAnnotation(List<String> warnings, Resource object) {
        if (object.find("metadata", "annotations", OLD_CLASS).isPresent()) {
            warnings.add("metadata.annotations[" + OLD_CLASS
                    + "]: deprecated since v1.8; use \"storageClassName\" attribute instead");
        }
    }

    static List<String> warnings(Resource claim) {
        var warnings = new ArrayList<String>();
        oldAnnotation(warnings, claim);
        VolumeWarnings.claim(warnings, SPEC, claim.tree().path(SPEC));
        return warnings;
    }
}
