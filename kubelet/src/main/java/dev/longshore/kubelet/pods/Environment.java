package dev.longshore.kubelet.pods;

import dev.longshore.kubelet.cluster.ConfigApi;
import dev.longshore.kubelet.volumes.DownwardApi;
import dev.longshore.kubelet.volumes.PodContext;
import dev.longshore.kubelet.volumes.VolumeException;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarSource;
import io.fabric8.kubernetes.api.model.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Works out the environment of a container: the services of its namespace first, then `envFrom`, then `env`,
/// each overriding what came before.
final class Environment {

    private final ConfigApi config;
    private final boolean resolves;

    /// If it does not resolve (on a node that only pretends), references are left out.
    Environment(ConfigApi config, boolean resolves) {
        this.config = config;
        this.resolves = resolves;
    }

    /// Every variable, in order.
    ///
    /// @throws VolumeException when something it refers to is missing
    Map<String, String> of(PodContext context, Container container) {
        var result = new LinkedHashMap<String, String>();
        if (resolves) {
            boolean links = !Boolean.FALSE.equals(context.pod().getSpec().getEnableServiceLinks());
            result.putAll(ServiceLinks.of(
                    links ? config.services(context.namespace()) : List.of(),
                    config.services("default"),
                    context.namespace().equals("default")));
            container.getEnvFrom().forEach(source -> result.putAll(all(context, source)));
        }
        // References may name service variables too, but only what `env` itself says goes over a value from above.
        for (EnvVar variable : container.getEnv()) {
            if (variable.getValueFrom() == null) {
                result.put(variable.getName(), Expansion.expand(orEmpty(variable.getValue()), result));
            } else if (resolves) {
                value(context, container, variable.getValueFrom())
                        .ifPresent(value -> result.put(variable.getName(), value));
            }
        }
        return result;
    }

    private Map<String, String> all(PodContext context, EnvFromSource source) {
        var found = new TreeMap<String, String>();
        String prefix = orEmpty(source.getPrefix());
        if (source.getConfigMapRef() != null) {
            var reference = source.getConfigMapRef();
            configMap(context, reference.getName(), reference.getOptional())
                    .map(ConfigMap::getData)
                    .ifPresent(data -> data.forEach((key, value) -> found.put(prefix + key, value)));
        }
        if (source.getSecretRef() != null) {
            var reference = source.getSecretRef();
            secret(context, reference.getName(), reference.getOptional())
                    .map(Secret::getData)
                    .ifPresent(data -> data.forEach((key, value) -> found.put(prefix + key, decoded(value))));
        }
        return found;
    }

    private Optional<String> value(PodContext context, Container container, EnvVarSource source) {
        if (source.getFieldRef() != null) {
            return Optional.of(DownwardApi.field(context, source.getFieldRef().getFieldPath()));
        }
        if (source.getResourceFieldRef() != null) {
            return Optional.of(DownwardApi.resource(context, source.getResourceFieldRef(), List.of(container)));
        }
        if (source.getConfigMapKeyRef() != null) {
            var reference = source.getConfigMapKeyRef();
            Optional<String> value = configMap(context, reference.getName(), reference.getOptional())
                    .map(ConfigMap::getData)
                    .map(data -> data.get(reference.getKey()));
            return required(
                    value,
                    reference.getOptional(),
                    "couldn't find key %s in ConfigMap %s/%s"
                            .formatted(reference.getKey(), context.namespace(), reference.getName()));
        }
        if (source.getSecretKeyRef() != null) {
            var reference = source.getSecretKeyRef();
            Optional<String> value = secret(context, reference.getName(), reference.getOptional())
                    .map(Secret::getData)
                    .map(data -> data.get(reference.getKey()))
                    .map(Environment::decoded);
            return required(
                    value,
                    reference.getOptional(),
                    "couldn't find key %s in Secret %s/%s"
                            .formatted(reference.getKey(), context.namespace(), reference.getName()));
        }
        return Optional.empty();
    }

    private Optional<ConfigMap> configMap(PodContext context, String name, Boolean optional) {
        return required(
                config.configMap(context.namespace(), name), optional, "configmap \"%s\" not found".formatted(name));
    }

    private Optional<Secret> secret(PodContext context, String name, Boolean optional) {
        return required(config.secret(context.namespace(), name), optional, "secret \"%s\" not found".formatted(name));
    }

    private static <T> Optional<T> required(Optional<T> found, Boolean optional, String otherwise) {
        if (found.isEmpty() && !Boolean.TRUE.equals(optional)) {
            throw new VolumeException(otherwise);
        }
        return found;
    }

    private static String decoded(String base64) {
        return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    }

    private static String orEmpty(String text) {
        return text == null ? "" : text;
    }
}
