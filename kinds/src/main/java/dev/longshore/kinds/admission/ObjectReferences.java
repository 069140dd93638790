package dev.longshore.kinds.admission;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Resource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a pod needs from the API server. One that a node has from a file needs nothing.
final class ObjectReferences {

    private static final List<String> HARMLESS = List.of(
            "awsElasticBlockStore",
            "azureDisk",
            "cephfs",
            "cinder",
            "downwardAPI",
            "emptyDir",
            "fc",
            "flexVolume",
            "flocker",
            "gcePersistentDisk",
            "gitRepo",
            "hostPath",
            "image",
            "iscsi",
            "nfs",
            "photonPersistentDisk",
            "portworxVolume",
            "quobyte",
            "rbd",
            "scaleIO",
            "storageos",
            "vsphereVolume");
    private static final Map<String, String> VOLUMES = Map.of(
            "configMap", "configmaps (via configmap volumes)",
            "secret", "secrets (via secret volumes)",
            "csi", "csidrivers (via CSI volumes)",
            "glusterfs", "endpoints (via glusterFS volumes)",
            "persistentVolumeClaim", "persistentvolumeclaims",
            "ephemeral", "persistentvolumeclaims (via ephemeral volumes)",
            "azureFile", "secrets (via azureFile volumes)");
    private static final Map<String, String> PROJECTIONS = Map.of(
            "configMap", "configmaps (via projected volumes)",
            "secret", "secrets (via projected volumes)",
            "serviceAccountToken", "serviceaccounts (via projected volumes)",
            "clusterTrustBundle", "clustertrustbundles",
            "podCertificate", "podcertificates");
    /// Volumes with a secret to get in.
    private static final List<String> OPENED =
            List.of("cephfs", "cinder", "flexVolume", "rbd", "scaleIO", "iscsi", "storageos");

    private ObjectReferences() {}

    /// The first reference that is found, in words; empty if there is none.
    ///
    /// @throws IllegalArgumentException if there is a volume of a type that is not known
    static Optional<String> of(Resource pod) {
        if (!pod.text("spec", "serviceAccountName").isEmpty()) {
            return Optional.of("serviceaccounts");
        }
        if (hasSecrets(pod)) {
            return Optional.of("secrets");
        }
        if (hasConfigMaps(pod)) {
            return Optional.of("configmaps");
        }
        if (!pod.at("spec", "resourceClaims").isEmpty()) {
            return Optional.of("resourceclaims");
        }
        return volumes(pod).stream()
                .map(ObjectReferences::ofVolume)
                .flatMap(Optional::stream)
                .findFirst();
    }

    /// True if the pod names a secret.
    static boolean hasSecrets(Resource pod) {
        boolean isPulled = Trees.list(pod.tree(), "spec", "imagePullSecrets").stream()
                .anyMatch(secret -> !Trees.text(secret, "name").isEmpty());
        return isPulled
                || inContainers(pod, "secretRef", "secretKeyRef")
                || volumes(pod).stream().anyMatch(ObjectReferences::hasSecret);
    }

    private static boolean hasConfigMaps(Resource pod) {
        return inContainers(pod, "configMapRef", "configMapKeyRef")
                || volumes(pod).stream()
                        .anyMatch(volume -> isNamed(volume, "configMap", "name")
                                || isProjected(volume, source -> isNamed(source, "configMap", "name")));
    }

    private static boolean hasSecret(ObjectNode volume) {
        return isNamed(volume, "secret", "secretName")
                || isNamed(volume, "azureFile", "secretName")
                || isNamed(volume, "csi", "nodePublishSecretRef", "name")
                || OPENED.stream().anyMatch(source -> isNamed(volume, source, "secretRef", "name"))
                || isProjected(volume, source -> isNamed(source, "secret", "name"));
    }

    private static boolean inContainers(Resource pod, String whole, String key) {
        return List.of("containers", "initContainers", "ephemeralContainers").stream()
                .flatMap(list -> Trees.list(pod.tree(), "spec", list).stream())
                .anyMatch(container ->
                        Trees.list(container, "envFrom").stream().anyMatch(source -> isNamed(source, whole, "name"))
                                || Trees.list(container, "env").stream()
                                        .anyMatch(variable -> isNamed(variable, "valueFrom", key, "name")));
    }

    private static Optional<String> ofVolume(ObjectNode volume) {
        if (HARMLESS.stream().anyMatch(type -> Trees.has(volume, type))) {
            return Optional.empty();
        }
        if (Trees.has(volume, "projected")) {
            return Trees.list(volume, "projected", "sources").stream()
                    .map(source -> ofProjection(volume, source))
                    .flatMap(Optional::stream)
                    .findFirst();
        }
        return Optional.of(VOLUMES.entrySet().stream()
                .filter(type -> Trees.has(volume, type.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "unknown volume type for volume  \"" + Trees.text(volume, "name") + "\"")));
    }

    private static Optional<String> ofProjection(ObjectNode volume, ObjectNode source) {
        Optional<String> found = PROJECTIONS.entrySet().stream()
                .filter(type -> Trees.has(source, type.getKey()))
                .map(Map.Entry::getValue)
                .findFirst();
        if (found.isEmpty() && !Trees.has(source, "downwardAPI")) {
            throw new IllegalArgumentException(
                    "unknown source for projected volume \"" + Trees.text(volume, "name") + "\"");
        }
        return found;
    }

    private static List<ObjectNode> volumes(Resource pod) {
        return Trees.list(pod.tree(), "spec", "volumes");
    }

    private static boolean isProjected(ObjectNode volume, Predicate<ObjectNode> isMeant) {
        return Trees.list(volume, "projected", "sources").stream().anyMatch(isMeant);
    }

    private static boolean isNamed(JsonNode node, String... path) {
        return !Trees.text(node, path).isEmpty();
    }
}
