package dev.longshore.kinds.authorization;

import dev.longshore.kinds.kit.Trees;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// What pods refer to.
final class PodReferences {

    /// Volumes in the words of their makers, with a secret to get in.
    private static final List<String> OLD_SOURCES =
            List.of("cephfs", "cinder", "flexVolume", "rbd", "scaleIO", "iscsi", "storageos");

    private PodReferences() {}

    static boolean configMap(ObjectNode spec, String name) {
        return inVolumes(spec, "configMap", "name", name)
                || inContainers(spec, "configMapRef", "configMapKeyRef", name);
    }

    static boolean secret(ObjectNode spec, String name) {
        return Trees.list(spec, "imagePullSecrets").stream()
                        .anyMatch(secret -> Trees.text(secret, "name").equals(name))
                || inVolumes(spec, "secret", "secretName", name)
                || inContainers(spec, "secretRef", "secretKeyRef", name)
                || Trees.list(spec, "volumes").stream().anyMatch(volume -> opens(volume, name));
    }

    private static boolean opens(ObjectNode volume, String secret) {
        return Trees.text(volume, "csi", "nodePublishSecretRef", "name").equals(secret)
                || Trees.text(volume, "azureFile", "secretName").equals(secret)
                || OLD_SOURCES.stream()
                        .anyMatch(source ->
                                Trees.text(volume, source, "secretRef", "name").equals(secret));
    }

    /// Of storage, also those that are made for the pod.
    static boolean claim(ObjectNode pod, String name) {
        return Trees.list(pod, "spec", "volumes").stream()
                .anyMatch(volume ->
                        Trees.text(volume, "persistentVolumeClaim", "claimName").equals(name)
                                || (Trees.has(volume, "ephemeral")
                                        && name.equals(Trees.text(pod, "metadata", "name") + "-"
                                                + Trees.text(volume, "name"))));
    }

    /// Of devices, also those that were made for the pod.
    static boolean deviceClaim(ObjectNode pod, String name) {
        return Trees.list(pod, "spec", "resourceClaims").stream()
                        .anyMatch(
                                claim -> Trees.text(claim, "resourceClaimName").equals(name))
                || Trees.list(pod, "status", "resourceClaimStatuses").stream()
                        .anyMatch(
                                claim -> Trees.text(claim, "resourceClaimName").equals(name))
                || Trees.text(pod, "status", "extendedResourceClaimStatus", "resourceClaimName")
                        .equals(name);
    }

    private static boolean inVolumes(ObjectNode spec, String source, String field, String name) {
        for (ObjectNode volume : Trees.list(spec, "volumes")) {
            boolean isProjected = Trees.list(volume, "projected", "sources").stream()
                    .anyMatch(
                            projection -> Trees.text(projection, source, "name").equals(name));
            if (isProjected || Trees.text(volume, source, field).equals(name)) {
                return true;
            }
        }
        return false;
    }

    private static boolean inContainers(ObjectNode spec, String whole, String key, String name) {
        for (String list : List.of("containers", "initContainers", "ephemeralContainers")) {
            for (ObjectNode container : Trees.list(spec, list)) {
                boolean isUsed = Trees.list(container, "envFrom").stream()
                                .anyMatch(source ->
                                        Trees.text(source, whole, "name").equals(name))
                        || Trees.list(container, "env").stream()
                                .anyMatch(variable -> Trees.text(variable, "valueFrom", key, "name")
                                        .equals(name));
                if (isUsed) {
                    return true;
                }
            }
        }
        return false;
    }
}
