package dev.longshore.kubelet.volumes;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Which pod of this node has which volume that only one pod may have (ReadWriteOncePod as its only access mode). The
/// scheduler sees to it, too; this is for pods that were bound by somebody else. Thread-safe.
final class SingleUse {

    private static final List<String> ONE_POD = List.of("ReadWriteOncePod");

    private final Map<String, String> users = new ConcurrentHashMap<>();

    /// Takes what `wanted` stands for on behalf of a pod.
    ///
    /// @throws VolumeException when another pod has it
    void take(String podUid, Wanted wanted) {
        if (isForOne(wanted)
                && !users.computeIfAbsent(wanted.name(), name -> podUid).equals(podUid)) {
            String message = "volume uses the ReadWriteOncePod access mode and is already in use by another pod";
            throw wanted.isBlock()
                    ? VolumeException.during("MapVolume.SetUpDevice", message)
                    : new VolumeException(message);
        }
    }

    /// The pod is no more.
    void leave(String podUid) {
        users.values().removeIf(podUid::equals);
    }

    /// A hostPath is another volume for each pod, as far as the kubelet sees.
    private static boolean isForOne(Wanted wanted) {
        return wanted.persistent()
                .map(volume -> volume.getSpec())
                .filter(spec -> spec.getHostPath() == null)
                .filter(spec -> ONE_POD.equals(spec.getAccessModes()))
                .isPresent();
    }
}
