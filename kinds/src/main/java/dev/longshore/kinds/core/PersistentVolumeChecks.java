package dev.longshore.kinds.core;

import dev.longshore.base.Json;
import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.TreeDiff;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.pods.ClaimChecks;
import dev.longshore.kinds.pods.DriverChecks;
import dev.longshore.kinds.pods.NodeLabelWarnings;
import dev.longshore.kinds.pods.NodeSelectorChecks;
import dev.longshore.kinds.pods.PathChecks;
import dev.longshore.kinds.pods.ResourceChecks;
import dev.longshore.kinds.pods.VolumeChecks;
import dev.longshore.kinds.pods.VolumeWarnings;
import dev.longshore.model.Cause;
import dev.longshore.model.Quantity;
import dev.longshore.model.Resource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What persistent volumes must be like, and what of them may not change.
final class PersistentVolumeChecks {

    private static final String SPEC = "spec";
    /// In the order in which they are looked at.
    private static final List<String> SOURCES = List.of(
            "hostPath",
            "gcePersistentDisk",
            "awsElasticBlockStore",
            "glusterfs",
            "flocker",
            "nfs",
            "rbd",
            "quobyte",
            "cephfs",
            "iscsi",
            "cinder",
            "fc",
            "flexVolume",
            "azureFile",
            "vsphereVolume",
            "photonPersistentDisk",
            "portworxVolume",
            "azureDisk",
            "scaleIO",
            "local",
            "storageos",
            "csi");
    private static final Set<String> CLAIMS_SOURCES = Set.copyOf(SOURCES);
    private static final int MAX_PORTAL = 64;

    private final Checks checks;
    private final JsonNode spec;
    private final String name;

    private PersistentVolumeChecks(Checks checks, ObjectNode volume) {
        this.checks = checks;
        this.spec = volume.path(SPEC);
        this.name = Trees.text(volume, "metadata", "name");
    }

    static void check(Checks checks, ObjectNode volume) {
        var all = new PersistentVolumeChecks(checks, volume);
        all.capacity();
        all.affinity();
        all.sources();
        all.classes();
    }

    private void capacity() {
        if (spec.path("accessModes").isEmpty()) {
            checks.required("spec.accessModes");
        }
        ClaimChecks.accessModes(checks, "spec.accessModes", spec);
        JsonNode capacity = spec.path("capacity");
        if (capacity.isEmpty()) {
            checks.required("spec.capacity");
        }
        if (!capacity.has("storage") || capacity.size() > 1) {
            String shown = capacity.isObject() ? capacity.toString() : "null";
            checks.add(Cause.unsupported("spec.capacity", shown, List.of("storage")));
        }
        capacity.properties().forEach(amount -> {
            String at = "spec.capacity[" + amount.getKey() + "]";
            ResourceChecks.amount(checks, at, amount.getValue(), "");
            ResourceChecks.positive(checks, at, amount.getValue());
        });
        checks.anyOf(
                "spec.persistentVolumeReclaimPolicy",
                Trees.text(spec, "persistentVolumeReclaimPolicy"),
                "Delete",
                "Recycle",
                "Retain");
    }

    private void affinity() {
        if (!Trees.has(spec, "nodeAffinity")) {
            return;
        }
        JsonNode required = Trees.at(spec, "nodeAffinity", "required");
        if (required.isObject()) {
            NodeSelectorChecks.selector(checks, "spec.nodeAffinity.required", required);
        } else {
            checks.required("spec.nodeAffinity.required", "must specify required node constraints");
        }
    }

    private void sources() {
        int count = 0;
        for (String type : SOURCES) {
            if (!(spec.get(type) instanceof ObjectNode source)) {
                continue;
            }
            if (count++ > 0) {
                checks.forbidden("spec." + type, "may not specify more than 1 volume type");
            } else {
                source(type, source);
            }
        }
        if (count == 0) {
            checks.required(SPEC, "must specify a volume type");
        }
        if (Trees.text(spec, "persistentVolumeReclaimPolicy").equals("Recycle") && isRoot()) {
            checks.forbidden("spec.persistentVolumeReclaimPolicy", "may not be 'recycle' for a hostPath mount of '/'");
        }
    }

    private boolean isRoot() {
        String path = Trees.text(spec, "hostPath", "path");
        return path.startsWith("/") && Path.of(path).normalize().getNameCount() == 0;
    }

    private void source(String type, ObjectNode source) {
        switch (type) {
            case "hostPath" -> VolumeChecks.hostPath(checks, "spec.hostPath", source);
            case "local" -> local(source);
            default -> {
                DriverChecks.check(checks, SPEC, type, source);
                DriverChecks.persistent(checks, "spec." + type, type, source);
                String portal = Trees.text(source, "targetPortal");
                if (Trees.has(source, "initiatorName") && (name + ":" + portal).length() > MAX_PORTAL) {
                    checks.invalid("spec." + type + ".targetportal", portal, DriverChecks.LONG_PORTAL);
                }
            }
        }
    }

    private void local(ObjectNode source) {
        String path = Trees.text(source, "path");
        if (checks.requiredText("spec.local.path", path)) {
            PathChecks.noBacksteps(checks, "spec.local.path", path);
        }
        if (!Trees.has(spec, "nodeAffinity")) {
            checks.required("spec.nodeAffinity", "Local volume requires node affinity");
        }
    }

    private void classes() {
        ClaimChecks.className(checks, "spec.storageClassName", Trees.text(spec, "storageClassName"));
        checks.anyOf("spec.volumeMode", Trees.text(spec, "volumeMode"), "Block", "Filesystem");
        if (!Trees.has(spec, "volumeAttributesClassName")) {
            return;
        }
        String at = "spec.volumeAttributesClassName";
        String attributes = Trees.text(spec, "volumeAttributesClassName");
        if (attributes.isEmpty()) {
            checks.required(at, "an empty string is disallowed");
        }
        ClaimChecks.className(checks, at, attributes);
        if (!Trees.has(spec, "csi")) {
            checks.required("spec.csi", "has to be specified when using volumeAttributesClassName");
        }
    }

    static void change(Checks checks, ObjectNode volume, ObjectNode old) {
        ObjectNode now = source(volume);
        ObjectNode before = source(old);
        if (now.get("csi") instanceof ObjectNode driver
                && before.get("csi") instanceof ObjectNode oldDriver
                && !Trees.has(oldDriver, "controllerExpandSecretRef")) {
            driver.remove("controllerExpandSecretRef");
        }
        if (!now.equals(before)) {
            checks.forbidden(
                    "spec.persistentvolumesource",
                    "spec.persistentvolumesource is immutable after creation\n" + TreeDiff.of(before, now));
        }
        checks.unchanged("volumeMode", volume, old, SPEC, "volumeMode");
        if (Trees.has(old, SPEC, "nodeAffinity") && !Trees.same(volume, old, SPEC, "nodeAffinity")) {
            checks.invalid(
                    "nodeAffinity",
                    Trees.at(volume, SPEC, "nodeAffinity"),
                    "field is immutable, except for updating from beta label to GA");
        }
        if (Trees.has(old, SPEC, "volumeAttributesClassName")
                && !Trees.has(volume, SPEC, "volumeAttributesClassName")) {
            checks.forbidden("spec.volumeAttributesClassName", "update from non-nil value to nil is forbidden");
        }
    }

    private static ObjectNode source(ObjectNode volume) {
        ObjectNode spec = Trees.object(volume, SPEC).map(ObjectNode::deepCopy).orElseGet(Json::object);
        spec.retain(CLAIMS_SOURCES);
        return (ObjectNode) Trees.pruned(spec);
    }

    static List<String> warnings(Resource volume) {
        var warnings = new ArrayList<String>();
        ClaimRules.oldAnnotation(warnings, volume);
        JsonNode spec = volume.tree().path(SPEC);
        Trees.each(
                Trees.at(spec, "nodeAffinity", "required"),
                "spec.nodeAffinity.required",
                "nodeSelectorTerms",
                (at, term) -> NodeLabelWarnings.term(warnings, at, term));
        if (Trees.text(spec, "persistentVolumeReclaimPolicy").equals("Recycle")) {
            warnings.add("spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the"
                    + " recommended approach is to use dynamic provisioning.");
        }
        VolumeWarnings.source(warnings, SPEC, spec);
        Quantity.find(Trees.text(spec, "capacity", "storage"))
                .filter(amount -> !amount.isWhole())
                .ifPresent(amount -> warnings.add("spec.capacity[storage]: fractional byte value \"" + amount
                        + "\" is invalid, must be an integer"));
        return warnings;
    }
}
