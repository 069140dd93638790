package dev.longshore.kubelet.volumes;

import dev.longshore.kubelet.cluster.ConfigApi;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapVolumeSource;
import io.fabric8.kubernetes.api.model.DownwardAPIVolumeFile;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.ProjectedVolumeSource;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretVolumeSource;
import io.fabric8.kubernetes.api.model.ServiceAccountTokenProjection;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Works out the files of volumes that are made of objects: configMap, secret, downwardAPI, projected.
final class Projections {

    private static final int USUAL_MODE = 0644;
    private static final Duration USUAL_TOKEN_LIFE = Duration.ofHours(1);

    private final ConfigApi config;
    private final Tokens tokens;

    Projections(ConfigApi config, Tokens tokens) {
        this.config = config;
        this.tokens = tokens;
    }

    Map<String, AtomicFiles.Entry> of(PodContext pod, ConfigMapVolumeSource source) {
        return configMap(pod, source.getName(), source.getOptional(), source.getItems(), source.getDefaultMode());
    }

    Map<String, AtomicFiles.Entry> of(PodContext pod, SecretVolumeSource source) {
        return secret(pod, source.getSecretName(), source.getOptional(), source.getItems(), source.getDefaultMode());
    }

    Map<String, AtomicFiles.Entry> of(PodContext pod, List<DownwardAPIVolumeFile> items, Integer defaultMode) {
        var files = new TreeMap<String, AtomicFiles.Entry>();
        for (DownwardAPIVolumeFile item : items) {
            String text = item.getFieldRef() != null
                    ? DownwardApi.field(pod, item.getFieldRef().getFieldPath())
                    : DownwardApi.resource(pod, item.getResourceFieldRef(), List.of());
            files.put(
                    item.getPath(),
                    new AtomicFiles.Entry(text.getBytes(StandardCharsets.UTF_8), mode(item.getMode(), defaultMode)));
        }
        return files;
    }

    Map<String, AtomicFiles.Entry> of(PodContext pod, String volume, ProjectedVolumeSource source) {
        var files = new TreeMap<String, AtomicFiles.Entry>();
        Integer mode = source.getDefaultMode();
        for (VolumeProjection part : source.getSources()) {
            if (part.getConfigMap() != null) {
                var reference = part.getConfigMap();
                files.putAll(configMap(pod, reference.getName(), reference.getOptional(), reference.getItems(), mode));
            }
            if (part.getSecret() != null) {
                var reference = part.getSecret();
                files.putAll(secret(pod, reference.getName(), reference.getOptional(), reference.getItems(), mode));
            }
            if (part.getDownwardAPI() != null) {
                files.putAll(of(pod, part.getDownwardAPI().getItems(), mode));
            }
            if (part.getServiceAccountToken() != null) {
                ServiceAccountTokenProjection token = part.getServiceAccountToken();
                String value = tokens.token(
                        pod.pod(),
                        volume + "/" + token.getPath(),
                        Optional.ofNullable(token.getAudience()).orElse(""),
                        Optional.ofNullable(token.getExpirationSeconds())
                                .map(Duration::ofSeconds)
                                .orElse(USUAL_TOKEN_LIFE));
                files.put(
                        token.getPath(),
                        new AtomicFiles.Entry(value.getBytes(StandardCharsets.UTF_8), mode(null, mode)));
            }
        }
        return files;
    }

    private Map<String, AtomicFiles.Entry> configMap(
            PodContext pod, String name, Boolean optional, List<KeyToPath> items, Integer defaultMode) {
        Optional<ConfigMap> found = config.configMap(pod.namespace(), name);
        if (found.isEmpty() && !Boolean.TRUE.equals(optional)) {
            throw new VolumeException("configmap \"%s\" not found".formatted(name));
        }
        var content = new LinkedHashMap<String, byte[]>();
        found.map(ConfigMap::getData)
                .ifPresent(
                        data -> data.forEach((key, value) -> content.put(key, value.getBytes(StandardCharsets.UTF_8))));
        found.map(ConfigMap::getBinaryData)
                .ifPresent(data -> data.forEach(
                        (key, value) -> content.put(key, Base64.getDecoder().decode(value))));
        return chosen(content, items, optional, defaultMode);
    }

    private Map<String, AtomicFiles.Entry> secret(
            PodContext pod, String name, Boolean optional, List<KeyToPath> items, Integer defaultMode) {
        Optional<Secret> found = config.secret(pod.namespace(), name);
        if (found.isEmpty() && !Boolean.TRUE.equals(optional)) {
            throw new VolumeException("secret \"%s\" not found".formatted(name));
        }
        var content = new LinkedHashMap<String, byte[]>();
        found.map(Secret::getData)
                .ifPresent(data -> data.forEach(
                        (key, value) -> content.put(key, Base64.getDecoder().decode(value))));
        return chosen(content, items, optional, defaultMode);
    }

    private static Map<String, AtomicFiles.Entry> chosen(
            Map<String, byte[]> content, List<KeyToPath> items, Boolean optional, Integer defaultMode) {
        var files = new TreeMap<String, AtomicFiles.Entry>();
        if (items.isEmpty()) {
            content.forEach((key, value) -> files.put(key, new AtomicFiles.Entry(value, mode(null, defaultMode))));
            return files;
        }
        for (KeyToPath item : items) {
            byte[] value = content.get(item.getKey());
            if (value != null) {
                files.put(item.getPath(), new AtomicFiles.Entry(value, mode(item.getMode(), defaultMode)));
            } else if (!Boolean.TRUE.equals(optional)) {
                throw new VolumeException("references non-existent config key: " + item.getKey());
            }
        }
        return files;
    }

    private static int mode(Integer own, Integer usual) {
        return own != null ? own : usual != null ? usual : USUAL_MODE;
    }
}
