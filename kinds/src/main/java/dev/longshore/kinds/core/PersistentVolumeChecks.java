package dev.longshore.kinds.core;

import dev.longshore.base.Json;
import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.InnerTypes;
import dev.longshore.kinds.kit.LineDiff;
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
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What persistent volumes must be like, and what of them may not change.
public final class PersistentVolumeChecks {

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
    /// Labels of nodes by the names that they had in the beta.
    private static final Map<String, String> PRESENT_NAMES = Map.of(
            "failure-domain.beta.kubernetes.io/zone", "topology.kubernetes.io/zone",
            "failure-domain.beta.kubernetes.io/region", "topology.kubernetes.io/region",
            "beta.kubernetes.io/os", "kubernetes.io/os",
            "beta.kubernetes.io/arch", "kubernetes.io/arch",
            "beta.kubernetes.io/instance-type", "node.kubernetes.io/instance-type");

    private static final int MAX_PORTAL = 64;

    private final Checks checks;
    private final JsonNode spec;
    private final String path;
    private final String name;

    private PersistentVolumeChecks(Checks checks, JsonNode spec, String path, String name) {
        this.checks = checks;
        this.spec = spec;
        this.path = path;
        this.name = name;
    }

    static void check(Checks checks, ObjectNode volume) {
        new PersistentVolumeChecks(checks, volume.path(SPEC), SPEC, Trees.text(volume, "metadata", "name")).all();
    }

    /// Checks the `spec` of a volume that is no object of its own but stands in an attachment at `path`.
    public static void inline(Checks checks, String path, JsonNode spec) {
        new PersistentVolumeChecks(checks, spec, path, "").inline();
    }

    private void all() {
        accessModes();
        capacity();
        reclaimPolicy();
        affinity();
        sources();
        className();
        volumeMode();
        attributesClass();
    }

    /// Of an inline volume much may not be said, or only one thing.
    private void inline() {
        noneOf("claimRef", "capacity");
        if (!Trees.has(spec, "csi")) {
            checks.required(path + ".csi", "has to be specified in the context of inline volumes");
        }
        accessModes();
        String policy = Trees.text(spec, "persistentVolumeReclaimPolicy");
        if (!policy.isEmpty() && !policy.equals("Retain")) {
            checks.forbidden(
                    path + ".persistentVolumeReclaimPolicy", "may only be Retain in the context of inline volumes");
        }
        noneOf("nodeAffinity");
        sources();
        noneOf("storageClassName");
        String mode = Trees.text(spec, "volumeMode");
        if (!mode.isEmpty() && !mode.equals("Filesystem")) {
            checks.forbidden(
                    path + ".volumeMode",
                    "may not specify volumeMode other than Filesystem in the context of inline volumes");
        }
        attributesClass();
    }

    private void noneOf(String... fields) {
        for (String field : fields) {
            JsonNode value = spec.path(field);
            boolean isSaid = value.isString() ? !value.asString().isEmpty() : Trees.has(spec, field);
            if (isSaid && !(field.equals("capacity") && value.isEmpty())) {
                checks.forbidden(path + "." + field, "may not be specified in the context of inline volumes");
            }
        }
    }

    private void accessModes() {
        if (spec.path("accessModes").isEmpty()) {
            checks.required(path + ".accessModes");
        }
        ClaimChecks.accessModes(checks, path + ".accessModes", spec);
    }

    private void capacity() {
        JsonNode capacity = spec.path("capacity");
        if (capacity.isEmpty()) {
            checks.required(path + ".capacity");
        }
        if (!capacity.has("storage") || capacity.size() > 1) {
            String shown = InnerTypes.map(capacity).toString();
            checks.add(Cause.unsupported(path + ".capacity", shown, List.of("storage")));
        }
        capacity.properties().forEach(amount -> {
            String at = path + ".capacity[" + amount.getKey() + "]";
            ResourceChecks.basic(checks, at, amount.getValue());
            ResourceChecks.positive(checks, at, amount.getValue());
        });
    }

    private void reclaimPolicy() {
        checks.anyOf(
                path + ".persistentVolumeReclaimPolicy",
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
            NodeSelectorChecks.selector(checks, path + ".nodeAffinity.required", required);
        } else {
            checks.required(path + ".nodeAffinity.required", "must specify required node constraints");
        }
    }

    private void sources() {
        int count = 0;
        for (String type : SOURCES) {
            if (!(spec.get(type) instanceof ObjectNode source)) {
                continue;
            }
            if (count++ == 0 || type.equals("flexVolume")) {
                source(type, source);
            } else {
                String at = type.equals("cephfs") ? "cephFS" : type;
                checks.forbidden(path + "." + at, "may not specify more than 1 volume type");
            }
        }
        if (count == 0) {
            checks.required(path, "must specify a volume type");
        }
        if (Trees.text(spec, "persistentVolumeReclaimPolicy").equals("Recycle") && isRoot()) {
            checks.forbidden(
                    path + ".persistentVolumeReclaimPolicy", "may not be 'recycle' for a hostPath mount of '/'");
        }
    }

    private boolean isRoot() {
        String root = Trees.text(spec, "hostPath", "path");
        return root.startsWith("/") && Path.of(root).normalize().getNameCount() == 0;
    }

    private void source(String type, ObjectNode source) {
        switch (type) {
            case "hostPath" -> VolumeChecks.hostPath(checks, path + ".hostPath", source);
            case "local" -> local(source);
            default -> {
                DriverChecks.check(checks, path, type, source);
                DriverChecks.persistent(checks, path + "." + type, type, source);
                String portal = Trees.text(source, "targetPortal");
                if (Trees.has(source, "initiatorName") && (name + ":" + portal).length() > MAX_PORTAL) {
                    checks.invalid(path + "." + type + ".targetportal", portal, DriverChecks.LONG_PORTAL);
                }
            }
        }
    }

    private void local(ObjectNode source) {
        String local = Trees.text(source, "path");
        if (checks.requiredText(path + ".local.path", local)) {
            PathChecks.noBacksteps(checks, path + ".local.path", local);
        }
        if (!Trees.has(spec, "nodeAffinity")) {
            checks.required(path + ".nodeAffinity", "Local volume requires node affinity");
        }
    }

    private void className() {
        ClaimChecks.className(checks, path + ".storageClassName", Trees.text(spec, "storageClassName"));
    }

    private void volumeMode() {
        checks.anyOf(path + ".volumeMode", Trees.text(spec, "volumeMode"), "Block", "Filesystem");
    }

    private void attributesClass() {
        if (!Trees.has(spec, "volumeAttributesClassName")) {
            return;
        }
        String at = path + ".volumeAttributesClassName";
        String attributes = Trees.text(spec, "volumeAttributesClassName");
        if (attributes.isEmpty()) {
            checks.required(at, "an empty string is disallowed");
        }
        ClaimChecks.className(checks, at, attributes);
        if (!Trees.has(spec, "csi")) {
            checks.required(path + ".csi", "has to be specified when using volumeAttributesClassName");
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
        if (!Trees.pruned(now).equals(Trees.pruned(before))) {
            checks.forbidden(
                    "spec.persistentvolumesource",
                    "spec.persistentvolumesource is immutable after creation\n"
                            + LineDiff.of("PersistentVolumeSource", before, now));
        }
        checks.unchanged("volumeMode", volume, old, SPEC, "volumeMode");
        JsonNode affinity = Trees.at(volume, SPEC, "nodeAffinity");
        if (Trees.has(old, SPEC, "nodeAffinity")
                && !Trees.pruned(affinity)
                        .equals(Trees.pruned(renamed(Trees.at(old, SPEC, "nodeAffinity"), affinity)))) {
            checks.invalid(
                    "nodeAffinity",
                    InnerTypes.of("VolumeNodeAffinity", affinity),
                    "field is immutable, except for updating from beta label to GA");
        }
        if (Trees.has(old, SPEC, "volumeAttributesClassName")
                && !Trees.has(volume, SPEC, "volumeAttributesClassName")) {
            checks.forbidden("spec.volumeAttributesClassName", "update from non-nil value to nil is forbidden");
        }
    }

    /// `affinity` with labels of the past under their present names, where `now` has them so in their places.
    private static JsonNode renamed(JsonNode affinity, JsonNode now) {
        JsonNode copy = affinity.deepCopy();
        List<ObjectNode> terms = Trees.list(copy, "required", "nodeSelectorTerms");
        List<ObjectNode> others = Trees.list(now, "required", "nodeSelectorTerms");
        for (int i = 0; i < terms.size() && i < others.size(); i++) {
            for (String list : List.of("matchExpressions", "matchFields")) {
                List<ObjectNode> past = Trees.list(terms.get(i), list);
                List<ObjectNode> present = Trees.list(others.get(i), list);
                for (int j = 0; j < past.size() && j < present.size(); j++) {
                    String name = PRESENT_NAMES.get(Trees.text(past.get(j), "key"));
                    if (name != null && name.equals(Trees.text(present.get(j), "key"))) {
                        past.get(j).put("key", name);
                    }
                }
            }
        }
        return copy;
    }

    private static ObjectNode source(ObjectNode volume) {
        ObjectNode spec = Trees.object(volume, SPEC).map(ObjectNode::deepCopy).orElseGet(Json::object);
        spec.retain(CLAIMS_SOURCES);
        return spec;
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
