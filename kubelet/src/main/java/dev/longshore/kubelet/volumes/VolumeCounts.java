package dev.longshore.kubelet.volumes;

import static java.util.Objects.requireNonNull;

import dev.longshore.base.Time;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/// Which volumes pods are to have and have, by kind, and how long it takes to give and to take them. Thread-safe.
final class VolumeCounts {

    private final Time time;
    /// By pod and volume.
    private final Map<String, Known> known = new ConcurrentHashMap<>();
    private volatile VolumeListener listener = (plugin, operation, nanos, failed) -> {};

    VolumeCounts(Time time) {
        this.time = time;
    }

    private record Known(String plugin, boolean isBlock, boolean stands) {}

    void tell(VolumeListener whom) {
        listener = requireNonNull(whom, "listener");
    }

    /// A volume that is about to be mounted, or looked after.
    Attempt begin(String pod, Wanted wanted) {
        String plugin = VolumePlugins.of(wanted);
        Known before = known.get(key(pod, wanted.volume().getName()));
        boolean stands = before != null && before.stands();
        known.put(key(pod, wanted.volume().getName()), new Known(plugin, wanted.isBlock(), stands));
        return new Attempt(
                key(pod, wanted.volume().getName()),
                plugin,
                wanted.isBlock() ? "map_volume" : "volume_mount",
                stands && !VolumePlugins.isMadeAnew(plugin),
                time.nanoTime());
    }

    /// @param isQuiet whether only what stands is looked after
    record Attempt(String key, String plugin, String operation, boolean isQuiet, long since) {}

    void succeeded(Attempt attempt) {
        known.computeIfPresent(attempt.key, (key, before) -> new Known(before.plugin(), before.isBlock(), true));
        if (!attempt.isQuiet) {
            listener.done(attempt.plugin, attempt.operation, time.nanoTime() - attempt.since, false);
        }
    }

    void failed(Attempt attempt) {
        listener.done(attempt.plugin, attempt.operation, time.nanoTime() - attempt.since, true);
    }

    long begin() {
        return time.nanoTime();
    }

    /// All volumes of `pod` are taken down, or could not be, since `since`: each has its share of the time.
    void unmounted(String pod, long since, boolean failed) {
        var all = known.entrySet().stream()
                .filter(entry ->
                        entry.getKey().startsWith(pod + "/") && entry.getValue().stands())
                .toList();
        for (var entry : all) {
            Known volume = entry.getValue();
            listener.done(
                    volume.plugin(),
                    volume.isBlock() ? "unmap_volume" : "volume_unmount",
                    (time.nanoTime() - since) / all.size(),
                    failed);
        }
        if (!failed) {
            known.keySet().removeIf(key -> key.startsWith(pod + "/"));
        }
    }

    /// How many of each kind pods are to have.
    Map<String, Integer> desired() {
        return count(volume -> true);
    }

    /// How many of each kind stand.
    Map<String, Integer> actual() {
        return count(Known::stands);
    }

    private Map<String, Integer> count(Predicate<Known> which) {
        var counts = new TreeMap<String, Integer>();
        known.values().stream().filter(which).forEach(volume -> counts.merge(volume.plugin(), 1, Integer::sum));
        return counts;
    }

    private static String key(String pod, String volume) {
        return pod + "/" + volume;
    }
}
