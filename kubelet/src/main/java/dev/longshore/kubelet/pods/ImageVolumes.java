package dev.longshore.kubelet.pods;

import dev.longshore.kubelet.volumes.MountedVolume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Fetches the images that a container mounts as volumes. An image that cannot be had keeps only those containers back
/// that mount it; it is tried again with back-off. Confined to the worker's thread.
final class ImageVolumes {

    private static final Duration SEEN = Duration.ofSeconds(1);

    private final PodServices node;
    private final Runnable wake;

    ImageVolumes(PodServices node, Runnable wake) {
        this.node = node;
        this.wake = wake;
    }

    /// How far the images of `declared` are; says in `alarm` when to ask again.
    Outcome of(PodState state, Declared declared, Map<String, MountedVolume> volumes, Alarm alarm) {
        var all = new HashMap<>(volumes);
        Optional<ContainerRecord.Waiting> missing = Optional.empty();
        boolean isLater = false;
        for (VolumeMount mount : declared.container().getVolumeMounts()) {
            if (volumes.get(mount.getName()) instanceof MountedVolume.OfImage wanted) {
                Fetch fetch = state.volumeImages.computeIfAbsent(mount.getName(), name -> new Fetch());
                advance(state, fetch, wanted, alarm);
                fetch.volume.ifPresent(volume -> all.put(mount.getName(), volume));
                missing = missing.or(() -> fetch.why);
                isLater |= fetch.pull.isPresent();
            }
        }
        if (missing.isPresent()) {
            return new Outcome.Missing(missing.get());
        }
        return isLater ? new Outcome.Later() : new Outcome.Ready(all);
    }

    private void advance(PodState state, Fetch fetch, MountedVolume.OfImage wanted, Alarm alarm) {
        if (fetch.volume.isPresent() || isHeld(state, fetch, wanted, alarm)) {
            return;
        }
        if (fetch.pull.isEmpty()) {
            var asked = new ImagePuller.Asked("", wanted.reference(), wanted.pullPolicy());
            fetch.pull = Optional.of(node.images().begin(state.pod, asked, wake));
        }
        Optional<ImagePull.Result> result = fetch.pull.get().result();
        if (result.isEmpty()) {
            return;
        }
        fetch.pull = Optional.empty();
        switch (result.get()) {
            case ImagePull.Result.Present(var image) -> {
                fetch.why = Optional.empty();
                fetch.volume = Optional.of(new MountedVolume.Pulled(image.id().toString()));
            }
            case ImagePull.Result.Missing(String reason, String message) -> {
                fetch.failedAt = node.time().now();
                fetch.backoff.next(fetch.failedAt, fetch.failedAt);
                fetch.why = Optional.of(new ContainerRecord.Waiting(reason, message));
                alarm.by(fetch.failedAt.plus(SEEN));
            }
        }
    }

    private boolean isHeld(PodState state, Fetch fetch, MountedVolume.OfImage wanted, Alarm alarm) {
        Instant now = node.time().now();
        Optional<Instant> until = fetch.why.isEmpty() ? Optional.empty() : fetch.backoff.heldUntil(fetch.failedAt, now);
        if (until.isEmpty()) {
            return false;
        }
        alarm.by(until.get());
        ContainerRecord.Waiting why = fetch.why.get();
        boolean isSeen = !now.isBefore(fetch.failedAt.plus(SEEN));
        if (ImagePull.FAILURES.contains(why.reason()) && isSeen) {
            String message = "Back-off pulling image \"%s\"".formatted(wanted.reference());
            node.events().normal(state.pod, "BackOff", message);
            node.events().warning(state.pod, "Failed", "Error: ImagePullBackOff");
            fetch.why = Optional.of(new ContainerRecord.Waiting(
                    "ImagePullBackOff", "%s: %s: %s".formatted(message, why.reason(), why.message())));
        } else if (!isSeen) {
            alarm.by(fetch.failedAt.plus(SEEN));
        }
        return true;
    }

    /// One volume's image, on its way.
    static final class Fetch {
        private Optional<ImagePull> pull = Optional.empty();
        private Optional<MountedVolume> volume = Optional.empty();
        private Optional<ContainerRecord.Waiting> why = Optional.empty();
        private Instant failedAt = Instant.EPOCH;
        private final Backoff backoff = new Backoff();
    }

    /// How far they are.
    sealed interface Outcome {
        /// All are here, and stand in place of what was asked for.
        record Ready(Map<String, MountedVolume> volumes) implements Outcome {}

        /// Some are on their way.
        record Later() implements Outcome {}

        /// One cannot be had for now.
        record Missing(ContainerRecord.Waiting why) implements Outcome {}
    }
}
