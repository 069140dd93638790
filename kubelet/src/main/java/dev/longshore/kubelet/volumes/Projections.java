package dev.longshore.kubelet.volumes;

import dev.longshore.kubelet.cluster.ConfigApi;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapVolumeSource;
import io.fabric8.kubernetes.api.model.DownwardAPIVolumeFile;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretVolumeSource;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Works out the files of volumes that are made of objects: configMap, secret, downwardAPI.
final class Projections {

    private static final int USUAL_MODE = 0644;

    private final ConfigApi config;

    Projections(ConfigApi config) {
        this.config = config;
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

    Map<String, AtomicFiles.Entry> configMap(
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
        return chosen("configmap references non-existent config key: ", content, items, optional, defaultMode);
    }

    Map<String, AtomicFiles.Entry> secret(
            PodContext pod, String name, Boolean optional, List<KeyToPath> items, Integer defaultMode) {
        Optional<Secret> found = config.secret(pod.namespace(), name);
        if (found.isEmpty() && !Boolean.TRUE.equals(optional)) {
            throw new VolumeException("secret \"%s\" not found".formatted(name));
        }
        var content = new LinkedHashMap<String, byte[]>();
        found.map(Secret::getData)
                .ifPresent(data -> data.forEach(
                        (key, value) -> content.put(key, Base64.getDecoder().decode(value))));
        return chosen("references non-existent secret key: ", content, items, optional, defaultMode);
    }

    private static Map<String, AtomicFiles.Entry> chosen(
            String missing, Map<String, byte[]> content, List<KeyToPath> items, Boolean optional, Integer defaultMode) {
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
                throw new VolumeException(missing + item.getKey());
            }
        }
        return files;
    }

    static int mode(Integer own, Integer usual) {
        return own != null ? own : usual != null ? usual : USUAL_MODE;
    }
}
