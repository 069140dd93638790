package dev.longshore.kubelet.volumes;

import dev.longshore.kubelet.cluster.ConfigApi;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows the ConfigMaps and Secrets that the volumes of pods are made of, each once however many pods use it,
/// and tells whose content is out of date. Thread-safe.
final class ContentWatch {

    private static final Logger log = LoggerFactory.getLogger(ContentWatch.class);

    private final ConfigApi config;
    private final Consumer<String> outdated;
    // Guarded by this.
    private final Map<Reference, Followed> followed = new HashMap<>();

    /// `outdated` is called with the uid of a pod.
    ContentWatch(ConfigApi config, Consumer<String> outdated) {
        this.config = config;
        this.outdated = outdated;
    }

    /// Follows what `pod` uses.
    void follow(Pod pod) {
        for (Reference reference : references(pod)) {
            boolean isNew;
            synchronized (this) {
                isNew = !followed.containsKey(reference);
                followed.computeIfAbsent(reference, key -> new Followed())
                        .users
                        .add(pod.getMetadata().getUid());
            }
            if (isNew) {
                AutoCloseable handle =
                        config.follow(reference.source, reference.namespace, reference.name, () -> changed(reference));
                keep(reference, handle);
            }
        }
    }

    /// The pod is no more.
    void forget(String podUid) {
        var unused = new ArrayList<AutoCloseable>();
        synchronized (this) {
            followed.values().removeIf(watched -> {
                watched.users.remove(podUid);
                boolean isUnused = watched.users.isEmpty();
                if (isUnused) {
                    unused.addAll(watched.handles);
                }
                return isUnused;
            });
        }
        unused.forEach(ContentWatch::close);
    }

    private void keep(Reference reference, AutoCloseable handle) {
        synchronized (this) {
            Followed watched = followed.get(reference);
            if (watched != null) {
                watched.handles.add(handle);
                return;
            }
        }
        // Its only user has gone while it began.
        close(handle);
    }

    private void changed(Reference reference) {
        List<String> users;
        synchronized (this) {
            Followed watched = followed.get(reference);
            users = watched == null ? List.of() : List.copyOf(watched.users);
        }
        users.forEach(outdated);
    }

    private static void close(AutoCloseable handle) {
        try {
            handle.close();
        } catch (Exception failure) {
            log.debug("a watch could not be ended", failure);
        }
    }

    private static Set<Reference> references(Pod pod) {
        var found = new HashSet<Reference>();
        String namespace = pod.getMetadata().getNamespace();
        for (Volume volume : pod.getSpec().getVolumes()) {
            if (volume.getConfigMap() != null) {
                found.add(new Reference(
                        ConfigApi.Source.CONFIG_MAP,
                        namespace,
                        volume.getConfigMap().getName()));
            }
            if (volume.getSecret() != null) {
                found.add(new Reference(
                        ConfigApi.Source.SECRET, namespace, volume.getSecret().getSecretName()));
            }
            if (volume.getProjected() != null) {
                volume.getProjected().getSources().forEach(source -> {
                    if (source.getConfigMap() != null) {
                        found.add(new Reference(
                                ConfigApi.Source.CONFIG_MAP,
                                namespace,
                                source.getConfigMap().getName()));
                    }
                    if (source.getSecret() != null) {
                        found.add(new Reference(
                                ConfigApi.Source.SECRET,
                                namespace,
                                source.getSecret().getName()));
                    }
                });
            }
        }
        return found;
    }

    private record Reference(ConfigApi.Source source, String namespace, String name) {}

    private static final class Followed {
        private final Set<String> users = new HashSet<>();
        private final List<AutoCloseable> handles = new ArrayList<>();
    }
}
