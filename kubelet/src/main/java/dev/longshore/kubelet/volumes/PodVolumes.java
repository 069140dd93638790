package dev.longshore.kubelet.volumes;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// The volumes of the pods of this node. Thread-safe across pods; the caller serialises calls about one pod.
public interface PodVolumes {

    /// No files at all: for nodes that only pretend.
    PodVolumes NONE = new PodVolumes() {
        @Override
        public Map<String, MountedVolume> mount(PodContext pod) {
            return Map.of();
        }

        @Override
        public Path part(PodContext pod, Part part) {
            throw new IllegalStateException("there are no volumes");
        }

        @Override
        public void onOutdated(Consumer<String> listener) {
            // There is no content.
        }

        @Override
        public void unmount(String podUid) {
            // Nothing was mounted.
        }

        @Override
        public Set<String> left() {
            return Set.of();
        }
    };

    /// Makes every volume of `pod` stand, with its present content, and returns them by name. Cheap when all stand
    /// already and nothing changed: also the way to bring changed content in.
    ///
    /// @throws VolumeException when some cannot be had; all others stand
    Map<String, MountedVolume> mount(PodContext pod) throws InterruptedException;

    /// What has happened to the pod's volumes since it was last asked for, for the pod's events.
    default List<VolumeEvent> news(String podUid) {
        return List.of();
    }

    /// What stands for the pod now, by name: as far as the last [#mount] came.
    default Map<String, MountedVolume> standing(String podUid) {
        return Map.of();
    }

    /// What of a volume is used, as its [VolumeDriver] or its own file system tells it; empty for kinds of which nobody
    /// tells, or whose files must be looked through for that.
    default Optional<VolumeUse> use(String podUid, String volume) throws InterruptedException {
        return Optional.empty();
    }

    /// A path that shows a part of a volume to a container and stays what it is, whatever other containers do to the
    /// volume meanwhile.
    ///
    /// @throws VolumeException when it leads out of the volume
    Path part(PodContext pod, Part part);

    /// Has `listener` called with the uid of each pod whose volumes have content that is out of date: time to
    /// [#mount] again. Called once, before anything is mounted.
    void onOutdated(Consumer<String> listener);

    /// Takes down everything that belongs to the pod, content and all. Idempotent.
    ///
    /// @throws VolumeException when something cannot be taken down yet
    void unmount(String podUid) throws InterruptedException;

    /// Has `listener` told of each operation on a volume from now on.
    default void onOperation(VolumeListener listener) {}

    /// How many volumes of each kind pods are to have.
    default Map<String, Integer> desired() {
        return Map.of();
    }

    /// How many volumes of each kind stand.
    default Map<String, Integer> actual() {
        return Map.of();
    }

    /// The uids of all pods of which something is on this node, also from earlier runs.
    Set<String> left();

    /// Which part for whom.
    ///
    /// @param volume the name of the volume that stands at `root`
    /// @param index of the mount among the container's
    record Part(Path root, String volume, String subPath, String container, int index) {}
}
