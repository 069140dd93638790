package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.NameRule;
import dev.longshore.model.Quantity;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What pods' volumes must be like.
public final class VolumeChecks {

    /// In the order in which they are looked for: the first that is there counts, each further one is too many.
    private static final List<String> SOURCES = List.of(
            "emptyDir",
            "hostPath",
            "gitRepo",
            "gcePersistentDisk",
            "awsElasticBlockStore",
            "secret",
            "nfs",
            "iscsi",
            "glusterfs",
            "flocker",
            "persistentVolumeClaim",
            "rbd",
            "cinder",
            "cephfs",
            "quobyte",
            "downwardAPI",
            "fc",
            "flexVolume",
            "configMap",
            "azureFile",
            "vsphereVolume",
            "photonPersistentDisk",
            "portworxVolume",
            "azureDisk",
            "storageos",
            "projected",
            "scaleIO",
            "csi",
            "ephemeral",
            "image");
    /// Paths that differ from the field where the source is one too many: slips of the original that clients see.
    private static final Map<String, String> MISSPELLED = Map.of("cephfs", "cephFS", "downwardAPI", "downwarAPI");
    private static final String MORE_THAN_ONE = "may not specify more than 1 volume type";
    private static final int MAX_MODE = 0777;
    private static final int MAX_PORTAL = 64;

    private final Checks checks;
    private final PodScope scope;

    VolumeChecks(Checks checks, PodScope scope) {
        this.checks = checks;
        this.scope = scope;
    }

    /// Checks them all and tells the scope of those that are right.
    void check(String path, JsonNode spec) {
        var made = new HashSet<String>();
        scope.podName().ifPresent(pod -> {
            for (ObjectNode volume : Trees.list(spec, "volumes")) {
                if (Trees.has(volume, "ephemeral")) {
                    made.add(pod + "-" + Trees.text(volume, "name"));
                }
            }
        });
        Trees.each(spec, path, "volumes", (at, volume) -> volume(at, volume, made));
    }

    private void volume(String at, ObjectNode volume, Set<String> made) {
        int before = checks.count();
        String name = Trees.text(volume, "name");
        source(at, volume, name);
        checks.requiredName(at + ".name", name, NameRule.DNS_LABEL);
        if (scope.volumes().containsKey(name)) {
            checks.duplicate(at + ".name", name);
        }
        if (checks.count() == before) {
            scope.volumes().put(name, volume);
        }
        String claim = Trees.text(volume, "persistentVolumeClaim", "claimName");
        if (made.contains(claim)) {
            checks.invalid(
                    at + ".persistentVolumeClaim.claimName",
                    claim,
                    "must not reference a PVC that gets created for an ephemeral volume");
        }
    }

    private void source(String path, ObjectNode volume, String name) {
        int count = 0;
        for (String type : SOURCES) {
            if (!(volume.get(type) instanceof ObjectNode source)) {
                continue;
            }
            if (++count > 1) {
                checks.forbidden(path + "." + MISSPELLED.getOrDefault(type, type), MORE_THAN_ONE);
            } else if (!DriverChecks.check(checks, path, type, source)) {
                common(path, type, source, name);
            }
        }
        if (count == 0) {
            checks.required(path, "must specify a volume type");
        }
        boolean isLong = (name + ":" + Trees.text(volume, "iscsi", "targetPortal")).length() > MAX_PORTAL;
        if (isLong && Trees.has(volume, "iscsi", "initiatorName")) {
            checks.invalid(path + ".name", name, DriverChecks.LONG_PORTAL);
        }
    }

    private void common(String path, String type, ObjectNode source, String name) {
        String at = path + "." + type;
        switch (type) {
            case "emptyDir" -> emptyDir(at, source);
            case "hostPath" -> hostPath(checks, at, source);
            case "gitRepo" -> {
                checks.requiredText(at + ".repository", Trees.text(source, "repository"));
                PathChecks.descending(checks, at + ".directory", Trees.text(source, "directory"));
            }
            case "secret" -> {
                checks.requiredText(at + ".secretName", Trees.text(source, "secretName"));
                items(checks, at, source);
            }
            case "configMap" -> {
                checks.requiredText(at + ".name", Trees.text(source, "name"));
                items(checks, at, source);
            }
            case "persistentVolumeClaim" -> checks.requiredText(at + ".claimName", Trees.text(source, "claimName"));
            case "downwardAPI" -> {
                mode(checks, at + ".defaultMode", source.path("defaultMode"));
                Trees.list(source, "items").forEach(file -> downwardFile(checks, at, file));
            }
            case "projected" -> {
                mode(checks, at + ".defaultMode", source.path("defaultMode"));
                new ProjectionChecks(checks, at).check(source);
            }
            case "csi" -> csi(at, source);
            case "ephemeral" -> ephemeral(path, at, source, name);
            case "image" -> {
                checks.requiredText(at + ".reference", Trees.text(source, "reference"));
                checks.requiredAnyOf(
                        at + ".pullPolicy", Trees.text(source, "pullPolicy"), "Always", "IfNotPresent", "Never");
            }
            default -> throw new IllegalStateException("a volume source without checks: " + type);
        }
    }

    private void emptyDir(String at, ObjectNode source) {
        if (Quantity.find(source.path("sizeLimit").asString(""))
                .filter(size -> size.signum() < 0)
                .isPresent()) {
            checks.forbidden(at + ".sizeLimit", "SizeLimit field must be a valid resource quantity");
        }
    }

    private void csi(String at, ObjectNode source) {
        DriverChecks.csiName(checks, at + ".driver", Trees.text(source, "driver"));
        if (Trees.has(source, "nodePublishSecretRef")) {
            String secret = Trees.text(source, "nodePublishSecretRef", "name");
            if (checks.requiredText(at + ".nodePublishSecretRef.name", secret)) {
                checks.name(at + ".name", secret, NameRule.DNS_SUBDOMAIN);
            }
        }
    }

    private void ephemeral(String path, String at, ObjectNode source, String name) {
        if (!(source.get("volumeClaimTemplate") instanceof ObjectNode template)) {
            checks.required(at + ".volumeClaimTemplate");
            return;
        }
        ClaimChecks.template(checks, at + ".volumeClaimTemplate", template);
        if (scope.podName().isPresent() && !name.isEmpty()) {
            String claim = scope.podName().get() + "-" + name;
            NameRule.DNS_SUBDOMAIN
                    .check(claim)
                    .forEach(fault -> checks.invalid(path + ".name", name, "PVC name \"" + claim + "\": " + fault));
        }
    }

    /// Checks a path on the host.
    public static void hostPath(Checks checks, String at, JsonNode source) {
        String path = Trees.text(source, "path");
        if (!checks.requiredText(at + ".path", path)) {
            return;
        }
        PathChecks.noBacksteps(checks, at + ".path", path);
        checks.anyOf(
                at + ".type",
                Trees.text(source, "type"),
                "",
                "BlockDevice",
                "CharDevice",
                "Directory",
                "DirectoryOrCreate",
                "File",
                "FileOrCreate",
                "Socket");
    }

    /// Checks the modes and the keys of a source that puts keys into files.
    static void items(Checks checks, String path, JsonNode source) {
        mode(checks, path + ".defaultMode", source.path("defaultMode"));
        Trees.each(source, path, "items", (at, item) -> {
            checks.requiredText(at + ".key", Trees.text(item, "key"));
            checks.requiredText(at + ".path", Trees.text(item, "path"));
            PathChecks.unreserved(checks, at + ".path", Trees.text(item, "path"));
            mode(checks, at + ".mode", item.path("mode"));
        });
    }

    /// Checks a file that says something of the pod itself.
    static void downwardFile(Checks checks, String at, ObjectNode file) {
        String path = Trees.text(file, "path");
        checks.requiredText(at + ".path", path);
        PathChecks.unreserved(checks, at + ".path", path);
        boolean isResource = Trees.has(file, "resourceFieldRef");
        if (file.get("fieldRef") instanceof ObjectNode field) {
            FieldChecks.field(checks, at + ".fieldRef", field, FieldChecks.OF_FILES);
            if (isResource) {
                checks.invalid(at, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously");
            }
        } else if (isResource) {
            FieldChecks.resource(checks, at + ".resourceFieldRef", (ObjectNode) file.path("resourceFieldRef"), true);
        } else {
            checks.required(at, "one of fieldRef and resourceFieldRef is required");
        }
        mode(checks, at + ".mode", file.path("mode"));
    }

    static void mode(Checks checks, String path, JsonNode mode) {
        if (mode.isNumber() && (mode.asLong() < 0 || mode.asLong() > MAX_MODE)) {
            checks.invalid(path, mode.asLong(), "must be a number between 0 and 0777 (octal), both inclusive");
        }
    }
}
