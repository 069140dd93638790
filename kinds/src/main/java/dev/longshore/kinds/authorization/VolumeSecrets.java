package dev.longshore.kinds.authorization;

import dev.longshore.kinds.kit.Trees;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// Secrets that nodes need for persistent volumes. Those that only a driver's controller needs are not among them.
final class VolumeSecrets {

    private static final List<String> OF_DRIVERS =
            List.of("nodePublishSecretRef", "nodeStageSecretRef", "nodeExpandSecretRef");
    private static final List<String> OLD_SOURCES = List.of("cephfs", "flexVolume", "rbd", "scaleIO", "iscsi");
    private static final List<String> WITHOUT_DEFAULT = List.of("cinder", "storageos");

    private VolumeSecrets() {}

    /// Whether a volume that is `spec` needs this secret.
    static boolean has(ObjectNode spec, String namespace, String name) {
        String usual = Trees.text(spec, "claimRef", "namespace");
        return OF_DRIVERS.stream().anyMatch(field -> is(spec, "", namespace, name, "csi", field))
                || OLD_SOURCES.stream().anyMatch(source -> is(spec, usual, namespace, name, source, "secretRef"))
                || WITHOUT_DEFAULT.stream().anyMatch(source -> is(spec, "", namespace, name, source, "secretRef"))
                || (Trees.text(spec, "azureFile", "secretName").equals(name)
                        && or(Trees.text(spec, "azureFile", "secretNamespace"), usual)
                                .equals(namespace));
    }

    private static boolean is(
            ObjectNode spec, String usual, String namespace, String name, String source, String field) {
        return Trees.text(spec, source, field, "name").equals(name)
                && or(Trees.text(spec, source, field, "namespace"), usual).equals(namespace);
    }

    private static String or(String text, String otherwise) {
        return text.isEmpty() ? otherwise : text;
    }
}
