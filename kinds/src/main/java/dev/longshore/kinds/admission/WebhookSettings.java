package dev.longshore.kinds.admission;

import static dev.longshore.kinds.kit.StrictConfiguration.Type.TEXT;

import dev.longshore.kinds.kit.StrictConfiguration;
import dev.longshore.kinds.kit.Trees;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// How the rules that ask webhooks are configured.
///
/// @param kubeconfig says as whom they are asked; empty for nobody
record WebhookSettings(String kubeconfig) {

    private static final StrictConfiguration FORM = new StrictConfiguration(
            "WebhookAdmissionConfiguration",
            List.of("apiserver.config.k8s.io/v1"),
            Map.of("kubeConfigFile", TEXT, "staticManifestsDir", TEXT));

    /// @param configuration may be missing
    /// @throws IllegalArgumentException if it says what cannot be
    static WebhookSettings read(JsonNode configuration) {
        if (configuration.isMissingNode()) {
            return new WebhookSettings("");
        }
        ObjectNode checked = FORM.checked(configuration);
        String file = Trees.text(checked, "kubeConfigFile");
        if (!file.isEmpty() && !Path.of(file).isAbsolute()) {
            throw new IllegalArgumentException(
                    "kubeConfigFile: Invalid value: \"" + file + "\": must be an absolute file path");
        }
        if (!Trees.text(checked, "staticManifestsDir").isEmpty()) {
            throw new IllegalArgumentException(
                    "staticManifestsDir: Forbidden: the feature gate ManifestBasedAdmissionControlConfig is closed");
        }
        return new WebhookSettings(file);
    }
}
