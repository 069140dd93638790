package dev.longshore.kubelet.csi;

import dev.longshore.base.Json;
import dev.longshore.kubelet.cluster.ConfigApi;
import dev.longshore.kubelet.volumes.PodContext;
import dev.longshore.kubelet.volumes.VolumeException;
import io.fabric8.kubernetes.api.model.storage.CSIDriver;
import io.fabric8.kubernetes.api.model.storage.TokenRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// What a driver is told of a volume and of the pod that wants it, as far as it wants to know.
final class PublishContexts {

    private static final String PREFIX = "csi.storage.k8s.io/";
    private static final Duration USUAL_LIFE = Duration.ofHours(1);

    private final ConfigApi config;

    PublishContexts(ConfigApi config) {
        this.config = config;
    }

    /// @param attributes for everybody to see
    /// @param secrets not
    record Context(Map<String, String> attributes, Map<String, String> secrets) {}

    Context of(PodContext pod, CsiSource source, Optional<CSIDriver> rules) {
        var attributes = new LinkedHashMap<>(source.attributes());
        var secrets = new LinkedHashMap<>(secret("NodePublishSecretRef", source.publishSecret()));
        if (rules.map(found -> Boolean.TRUE.equals(found.getSpec().getPodInfoOnMount()))
                .orElse(false)) {
            var metadata = pod.pod().getMetadata();
            attributes.put(PREFIX + "pod.name", metadata.getName());
            attributes.put(PREFIX + "pod.namespace", metadata.getNamespace());
            attributes.put(PREFIX + "pod.uid", metadata.getUid());
            attributes.put(
                    PREFIX + "serviceAccount.name",
                    Objects.requireNonNullElse(pod.pod().getSpec().getServiceAccountName(), ""));
            attributes.put(PREFIX + "ephemeral", String.valueOf(source.isEphemeral()));
        }
        List<TokenRequest> wanted =
                rules.map(found -> found.getSpec().getTokenRequests()).orElse(List.of());
        if (!wanted.isEmpty()) {
            boolean isSecret = rules.map(found -> found.getSpec().getServiceAccountTokenInSecrets())
                    .filter(Boolean.TRUE::equals)
                    .isPresent();
            (isSecret ? secrets : attributes).put(PREFIX + "serviceAccount.tokens", tokens(pod, wanted));
        }
        return new Context(attributes, secrets);
    }

    private String tokens(PodContext pod, List<TokenRequest> wanted) {
        ObjectNode tokens = Json.object();
        for (TokenRequest request : wanted) {
            String audience = Objects.requireNonNullElse(request.getAudience(), "");
            ConfigApi.Token token = config.token(
                    pod.pod(),
                    audience,
                    request.getExpirationSeconds() == null
                            ? USUAL_LIFE
                            : Duration.ofSeconds(request.getExpirationSeconds()));
            tokens.putObject(audience)
                    .put("token", token.value())
                    .put("expirationTimestamp", token.expires().toString());
        }
        return tokens.toString();
    }

    /// What a secret holds.
    ///
    /// @param field which of a volume's references that is
    /// @throws VolumeException when it is not there
    Map<String, String> secret(String field, Optional<CsiSource.Secret> reference) {
        if (reference.isEmpty()) {
            return Map.of();
        }
        String namespace = reference.get().namespace();
        String name = reference.get().name();
        var found = config.secret(namespace, name)
                .orElseThrow(() -> new VolumeException(
                        "fetching %s %s/%s failed: failed to find the secret %s in the namespace %s with error: secrets \"%s\" not found"
                                .formatted(field, namespace, name, name, namespace, name)));
        var values = new LinkedHashMap<String, String>();
        Objects.requireNonNullElse(found.getData(), Map.<String, String>of())
                .forEach((key, value) ->
                        values.put(key, new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8)));
        return values;
    }
}
