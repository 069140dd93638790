package dev.longshore.kubelet.manifests;

import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What of a pod can only be had from the API server, which static pods must do without.
final class ApiReferences {

    private ApiReferences() {}

    /// The first such thing in `pod`, as users are told of it.
    static Optional<String> first(JsonNode pod) {
        JsonNode spec = pod.path("spec");
        if (!spec.path("serviceAccountName").asString("").isEmpty()) {
            return Optional.of("serviceaccounts");
        }
        if (!spec.path("imagePullSecrets").isEmpty() || isInEnvironment(spec, "secretRef", "secretKeyRef")) {
            return Optional.of("secrets");
        }
        if (isInEnvironment(spec, "configMapRef", "configMapKeyRef")) {
            return Optional.of("configmaps");
        }
        if (!spec.path("resourceClaims").isEmpty()) {
            return Optional.of("resourceclaims");
        }
        for (JsonNode volume : spec.path("volumes")) {
            Optional<String> found = ofVolume(volume);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private static boolean isInEnvironment(JsonNode spec, String whole, String part) {
        for (String list : new String[] {"initContainers", "containers", "ephemeralContainers"}) {
            for (JsonNode container : spec.path(list)) {
                for (JsonNode source : container.path("envFrom")) {
                    if (source.has(whole)) {
                        return true;
                    }
                }
                for (JsonNode variable : container.path("env")) {
                    if (variable.path("valueFrom").has(part)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private static Optional<String> ofVolume(JsonNode volume) {
        for (var field : volume.properties()) {
            String type = field.getKey();
            Optional<String> found =
                    switch (type) {
                        case "configMap" -> Optional.of("configmaps (via configmap volumes)");
                        case "secret" -> Optional.of("secrets (via secret volumes)");
                        case "csi" -> Optional.of("csidrivers (via CSI volumes)");
                        case "glusterfs" -> Optional.of("endpoints (via glusterFS volumes)");
                        case "persistentVolumeClaim" -> Optional.of("persistentvolumeclaims");
                        case "ephemeral" -> Optional.of("persistentvolumeclaims (via ephemeral volumes)");
                        case "azureFile" -> Optional.of("secrets (via azureFile volumes)");
                        case "projected" -> ofProjection(field.getValue());
                        default -> Optional.empty();
                    };
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private static Optional<String> ofProjection(JsonNode projected) {
        for (JsonNode source : projected.path("sources")) {
            for (var field : source.properties()) {
                Optional<String> found =
                        switch (field.getKey()) {
                            case "configMap" -> Optional.of("configmaps (via projected volumes)");
                            case "secret" -> Optional.of("secrets (via projected volumes)");
                            case "serviceAccountToken" -> Optional.of("serviceaccounts (via projected volumes)");
                            case "clusterTrustBundle" -> Optional.of("clustertrustbundles");
                            case "podCertificate" -> Optional.of("podcertificates");
                            default -> Optional.empty();
                        };
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }
}
