package dev.longshore.scheduler.volumes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Objects as they will be when what was decided has been written and heard of. What is heard wins as soon as
/// it is newer than what was assumed. Thread-safe.
final class Assumptions<T extends HasMetadata> {

    private final Map<String, T> assumed = new ConcurrentHashMap<>();

    /// `object` counts from now on in place of what it was made from.
    void assume(T object) {
        assumed.put(key(object), object);
    }

    /// `object` is as it was.
    void forget(T object) {
        assumed.remove(key(object));
    }

    /// What `heard` counts as.
    T over(T heard) {
        T ours = assumed.get(key(heard));
        if (ours == null) {
            return heard;
        }
        if (version(heard) > version(ours)) {
            assumed.remove(key(heard), ours);
            return heard;
        }
        return ours;
    }

    /// As above; what is gone takes with it what was assumed of it.
    Optional<T> over(String key, Optional<T> heard) {
        if (heard.isEmpty()) {
            assumed.remove(key);
        }
        return heard.map(this::over);
    }

    static long version(HasMetadata object) {
        String version = object.getMetadata().getResourceVersion();
        return version == null || version.isEmpty() ? 0 : Long.parseLong(version);
    }

    private static String key(HasMetadata object) {
        String namespace = object.getMetadata().getNamespace();
        return namespace == null
                ? object.getMetadata().getName()
                : namespace + "/" + object.getMetadata().getName();
    }
}
