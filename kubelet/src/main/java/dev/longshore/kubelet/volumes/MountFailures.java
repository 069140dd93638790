package dev.longshore.kubelet.volumes;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Why volumes of one pod could not be had, in the words of the pod's events: one for each volume that failed, and one
/// for all whose claims are not ready.
final class MountFailures {

    private static final String FAILED = "FailedMount";
    private static final String FAILED_DEVICE = "FailedMapVolume";

    private final Map<String, VolumeEvent> setUps = new TreeMap<>();
    private final Map<String, String> claims = new TreeMap<>();
    private final Set<String> fresh = new TreeSet<>();

    /// `volume` has just failed to be set up.
    void ofSetUp(String volume, Wanted wanted, Exception failure) {
        String named = failure instanceof VolumeException known ? known.step() : "";
        String usual = wanted.isBlock() ? "MapVolume.MapPodDevice" : "MountVolume.SetUp";
        String step = named.isEmpty() ? usual : named;
        setUps.put(
                volume,
                new VolumeEvent(
                        step.startsWith("MapVolume") && !step.contains("NodeAffinity") ? FAILED_DEVICE : FAILED,
                        "%s failed for volume \"%s\" : %s".formatted(step, wanted.name(), failure.getMessage())));
        fresh.add(volume);
    }

    /// The claim of `volume` has just been found not to be ready.
    void ofClaim(String volume, String why) {
        claims.put(volume, why);
        fresh.add(volume);
    }

    /// `volume` was not tried again, so what was said of it still holds.
    void keep(String volume, MountFailures before) {
        if (before.setUps.containsKey(volume)) {
            setUps.put(volume, before.setUps.get(volume));
        }
        if (before.claims.containsKey(volume)) {
            claims.put(volume, before.claims.get(volume));
        }
    }

    boolean isOfClaim(String volume) {
        return claims.containsKey(volume);
    }

    /// Those that failed.
    Set<String> volumes() {
        var all = new TreeSet<>(setUps.keySet());
        all.addAll(claims.keySet());
        return all;
    }

    /// What there is to say of those that have just failed.
    List<VolumeEvent> events() {
        var all = new ArrayList<VolumeEvent>();
        setUps.forEach((volume, event) -> {
            if (fresh.contains(volume)) {
                all.add(event);
            }
        });
        if (claims.keySet().stream().anyMatch(fresh::contains)) {
            all.add(ofClaims());
        }
        return List.copyOf(all);
    }

    /// All that is wrong, in one line.
    String message() {
        var all = new ArrayList<>(setUps.values());
        if (!claims.isEmpty()) {
            all.add(ofClaims());
        }
        return all.stream().map(VolumeEvent::message).collect(Collectors.joining("; "));
    }

    private VolumeEvent ofClaims() {
        return new VolumeEvent(
                FAILED,
                "Unable to attach or mount volumes: unmounted volumes=%s, unattached volumes=[], failed to process"
                        .formatted(names(volumes()))
                        .concat(" volumes=%s: %s"
                                .formatted(names(claims.keySet()), String.join("; ", claims.values()))));
    }

    private static String names(Collection<String> volumes) {
        return "[" + String.join(" ", volumes) + "]";
    }
}
