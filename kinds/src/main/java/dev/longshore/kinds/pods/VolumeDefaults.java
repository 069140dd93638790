package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.Trees;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// What volumes are given when clients say nothing; persistent volumes share most of it.
public final class VolumeDefaults {

    private static final int MODE = 0644;
    private static final int TOKEN_SECONDS = 3600;

    private VolumeDefaults() {}

    static void volume(ObjectNode volume) {
        if (volume.properties().stream()
                .noneMatch(field ->
                        !field.getKey().equals("name") && !field.getValue().isNull())) {
            volume.putObject("emptyDir");
        }
        for (String source : List.of("secret", "configMap", "downwardAPI", "projected")) {
            Trees.object(volume, source).ifPresent(object -> Defaults.put(object, "defaultMode", MODE));
        }
        Trees.object(volume, "downwardAPI").ifPresent(VolumeDefaults::downward);
        for (ObjectNode source : Trees.list(volume, "projected", "sources")) {
            Trees.object(source, "serviceAccountToken")
                    .ifPresent(token -> Defaults.put(token, "expirationSeconds", TOKEN_SECONDS));
            Trees.object(source, "downwardAPI").ifPresent(VolumeDefaults::downward);
        }
        Trees.object(volume, "ephemeral", "volumeClaimTemplate", "spec")
                .ifPresent(claim -> Defaults.put(claim, "volumeMode", "Filesystem"));
        Trees.object(volume, "image")
                .ifPresent(image -> Defaults.put(
                        image, "pullPolicy", ContainerDefaults.pullPolicy(Trees.text(image, "reference"))));
        source(volume);
    }

    /// For the sources that pods' and persistent volumes have in common.
    public static void source(ObjectNode volume) {
        Trees.object(volume, "hostPath").ifPresent(path -> {
            if (!Trees.has(path, "type")) {
                path.put("type", "");
            }
        });
        Trees.object(volume, "iscsi").ifPresent(iscsi -> Defaults.put(iscsi, "iscsiInterface", "default"));
        Trees.object(volume, "rbd").ifPresent(rbd -> {
            Defaults.put(rbd, "pool", "rbd");
            Defaults.put(rbd, "user", "admin");
            Defaults.put(rbd, "keyring", "/etc/ceph/keyring");
        });
        Trees.object(volume, "azureDisk").ifPresent(disk -> {
            Defaults.put(disk, "cachingMode", "ReadWrite");
            Defaults.put(disk, "kind", "Shared");
            Defaults.put(disk, "fsType", "ext4");
            Defaults.put(disk, "readOnly", false);
        });
        Trees.object(volume, "scaleIO").ifPresent(disk -> {
            Defaults.put(disk, "storageMode", "ThinProvisioned");
            Defaults.put(disk, "fsType", "xfs");
        });
    }

    private static void downward(ObjectNode source) {
        Trees.list(source, "items").forEach(ContainerDefaults::reference);
    }
}
