package dev.longshore.kubelet.manifests;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.Optional;

/// The annotations by which static pods and their mirrors are known.
final class StaticMarks {

    /// Where a pod comes from: `file` for static ones.
    static final String SOURCE = "kubernetes.io/config.source";

    /// What a static pod says, as a short text: another one for every change.
    static final String HASH = "kubernetes.io/config.hash";

    /// When the node read it.
    static final String SEEN = "kubernetes.io/config.seen";

    /// Of a mirror: the hash of the static pod that it shows.
    static final String MIRROR = "kubernetes.io/config.mirror";

    static final String FILE = "file";

    private StaticMarks() {}

    /// True for a pod that was read from a file; its mirror carries the same mark and one more.
    static boolean isStatic(Pod pod) {
        return annotation(pod, SOURCE).filter(FILE::equals).isPresent() && !isMirror(pod);
    }

    static boolean isMirror(Pod pod) {
        return annotation(pod, MIRROR).isPresent();
    }

    static boolean isMirrorOf(Pod mirror, Pod pod) {
        return annotation(mirror, MIRROR).equals(annotation(pod, HASH));
    }

    private static Optional<String> annotation(Pod pod, String name) {
        return Optional.ofNullable(pod.getMetadata().getAnnotations()).map(all -> all.get(name));
    }
}
