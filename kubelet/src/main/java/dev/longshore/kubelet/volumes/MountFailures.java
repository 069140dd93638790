package dev.longshore.kubelet.volumes;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Why volumes of one pod could not be mounted, in the words of the pod's events: one for each volume that failed, and
/// one for all whose claims are not ready.
final class MountFailures {

    private final Map<String, String> setUps = new TreeMap<>();
    private final Map<String, String> claims = new TreeMap<>();

    /// @param shown what the message calls the volume
    void ofSetUp(String volume, String shown, Exception failure) {
        setUps.put(volume, "MountVolume.SetUp failed for volume \"%s\" : %s".formatted(shown, failure.getMessage()));
    }

    void ofClaim(String volume, String why) {
        claims.put(volume, why);
    }

    void forget(String volume) {
        setUps.remove(volume);
        claims.remove(volume);
    }

    List<String> messages() {
        var all = new ArrayList<>(setUps.values());
        if (!claims.isEmpty()) {
            var unmounted = new TreeMap<>(setUps);
            unmounted.putAll(claims);
            all.add("Unable to attach or mount volumes: unmounted volumes=%s, unattached volumes=[], failed to process"
                    .formatted(names(unmounted))
                    .concat(" volumes=%s: %s".formatted(names(claims), String.join("; ", claims.values()))));
        }
        return List.copyOf(all);
    }

    private static String names(Map<String, String> volumes) {
        return "[" + String.join(" ", volumes.keySet()) + "]";
    }
}
