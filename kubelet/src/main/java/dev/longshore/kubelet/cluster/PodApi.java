package dev.longshore.kubelet.cluster;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// The pods that are bound to this node, as the API server has them. Thread-safe; blocks.
public interface PodApi {

    /// Follows the pods of this node until the handle is closed: first those that exist, then [Listener#synced]
    /// once, then every change. Broken connections are mended behind the scenes.
    AutoCloseable watch(Listener listener);

    /// The pod as the server has it now.
    Optional<Pod> get(String namespace, String name);

    /// Creates it; false when there is one of its name already.
    boolean create(Pod pod);

    /// Merges `status` into the status of exactly this pod; false when the pod is gone or another one has its
    /// name.
    boolean patchStatus(Pod pod, ObjectNode status);

    /// Deletes exactly this pod at once; harmless when it is gone.
    void delete(Pod pod);

    /// Hears of pods. Called one at a time; must not block for long.
    interface Listener {
        /// It is new or has changed.
        void changed(Pod pod);

        /// The server has it no more.
        void gone(Pod pod);

        /// All pods that existed have been told.
        void synced();
    }
}
