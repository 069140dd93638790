package dev.longshore.kubelet.volumes;

import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;

/// The volumes of the pods of this node. Thread-safe across pods; the caller serialises calls about one pod.
public interface PodVolumes {

    /// No files at all: for nodes that only pretend.
    PodVolumes NONE = new PodVolumes() {
        @Override
        public Map<String, Path> mount(PodContext pod) {
            return Map.of();
        }

        @Override
        public void onOutdated(Consumer<String> listener) {
            // There is no content.
        }

        @Override
        public void unmount(String podUid) {
            // Nothing was mounted.
        }
    };

    /// Makes every volume of `pod` stand, with its present content, and returns where each is, by name. Cheap
    /// when all stand already and nothing changed: also the way to bring changed content in.
    ///
    /// @throws VolumeException when one cannot be had; those before it stay
    Map<String, Path> mount(PodContext pod) throws InterruptedException;

    /// Has `listener` called with the uid of each pod whose volumes have content that is out of date: time to
    /// [#mount] again. Called once, before anything is mounted.
    void onOutdated(Consumer<String> listener);

    /// Takes down everything that belongs to the pod, content and all. Idempotent.
    void unmount(String podUid) throws InterruptedException;
}
