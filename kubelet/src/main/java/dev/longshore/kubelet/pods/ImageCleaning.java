package dev.longshore.kubelet.pods;

import dev.longshore.base.Time;
import dev.longshore.kubelet.cluster.EventRecorder;
import dev.longshore.kubelet.configuration.KubeletConfiguration;
import dev.longshore.kubelet.node.Observation;
import dev.longshore.runtime.Images;
import dev.longshore.runtime.RuntimeFaultException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Removes images that no pod uses: when the disk is fuller than a share, until it is less full than another, those
/// that were not used for the longest first; and those that were not used for too long (pkg/kubelet/images of
/// Kubernetes). An image that no registry can give again is never removed: it may be somebody's work. Confined to one
/// thread.
final class ImageCleaning {

    private static final Logger log = LoggerFactory.getLogger(ImageCleaning.class);
    private static final Duration ROUND = Duration.ofMinutes(5);
    private static final int PERCENT = 100;

    private final PodWorkers pods;
    private final Images images;
    private final EventRecorder events;
    private final Time time;
    private final Duration leastAge;
    private final Duration mostAge;
    private final long high;
    private final long low;
    private final Map<String, Instant> firstSeen = new HashMap<>();
    private final Map<String, Instant> lastUsed = new HashMap<>();
    private final Instant begun;
    private Instant next = Instant.EPOCH;

    ImageCleaning(KubeletConfiguration configuration, PodWorkers pods, Images images, EventRecorder events, Time time) {
        this.pods = pods;
        this.images = images;
        this.events = events;
        this.time = time;
        this.leastAge = configuration.duration("imageMinimumGCAge");
        this.mostAge = configuration.duration("imageMaximumGCAge");
        this.high = configuration.count("imageGCHighThresholdPercent");
        this.low = configuration.count("imageGCLowThresholdPercent");
        this.begun = time.now();
    }

    /// Every five minutes: notes what is used, and makes room if it is time to.
    void look(Optional<Observation> disk) {
        Instant now = time.now();
        if (now.isBefore(next)) {
            return;
        }
        next = now.plus(ROUND);
        List<Images.ImageStatus> unused = unused(now);
        if (!mostAge.isZero() && Duration.between(begun, now).compareTo(mostAge) > 0) {
            unused.stream()
                    .filter(image -> Duration.between(used(image), now).compareTo(mostAge) > 0)
                    .forEach(this::remove);
        }
        disk.filter(space -> high < PERCENT && space.capacity() > 0).ifPresent(space -> {
            long full = PERCENT - space.available() * PERCENT / space.capacity();
            if (full >= high) {
                long wanted = space.capacity() * (PERCENT - low) / PERCENT - space.available();
                free(unused, wanted, now, full);
            }
        });
    }

    private void free(List<Images.ImageStatus> unused, long wanted, Instant now, long full) {
        log.info("the images' disk is {} % full: {} bytes of unused images are to go", full, wanted);
        long freed = 0;
        for (Images.ImageStatus image : unused) {
            if (freed >= wanted) {
                return;
            }
            Instant seen = firstSeen.getOrDefault(image.id().toString(), now);
            if (Duration.between(seen, now).compareTo(leastAge) >= 0 && remove(image)) {
                freed += image.sizeBytes();
            }
        }
        if (freed < wanted) {
            events.node(
                    "Warning",
                    "FreeDiskSpaceFailed",
                    "Failed to garbage collect required amount of images. Attempted to free %d bytes, but only found %d"
                                    .formatted(wanted, freed)
                            + " bytes eligible to free.");
        }
    }

    /// Removes all that nobody uses, however young: the disk is short.
    void removeUnused() {
        unused(time.now()).forEach(this::remove);
    }

    /// Those that can go, the longest unused first.
    private List<Images.ImageStatus> unused(Instant now) {
        Set<String> names = new HashSet<>();
        pods.pods()
                .forEach(pod -> Declared.of(pod.pod())
                        .forEach(declared -> names.add(declared.container().getImage())));
        List<Images.ImageStatus> all = images.list();
        Set<String> present = new HashSet<>();
        for (Images.ImageStatus image : all) {
            present.add(image.id().toString());
            firstSeen.putIfAbsent(image.id().toString(), now);
            if (isUsed(image, names)) {
                lastUsed.put(image.id().toString(), now);
            }
        }
        firstSeen.keySet().retainAll(present);
        lastUsed.keySet().retainAll(present);
        return all.stream()
                .filter(image -> !isUsed(image, names) && !image.repoDigests().isEmpty())
                .sorted(Comparator.comparing(this::used)
                        .thenComparing(image -> firstSeen.get(image.id().toString())))
                .toList();
    }

    private static boolean isUsed(Images.ImageStatus image, Set<String> names) {
        return names.contains(image.id().toString())
                || image.repoTags().stream().anyMatch(names::contains)
                || image.repoDigests().stream().anyMatch(names::contains);
    }

    /// When it was used last as far as is known; one that never was, when this kubelet first saw it.
    private Instant used(Images.ImageStatus image) {
        String id = image.id().toString();
        return lastUsed.getOrDefault(id, firstSeen.getOrDefault(id, Instant.EPOCH));
    }

    private boolean remove(Images.ImageStatus image) {
        try {
            images.remove(image.id().toString());
            log.info("removed unused image {} to make room", image.id());
            return true;
        } catch (RuntimeFaultException inUse) {
            log.debug("image {} stays", image.id(), inUse);
            return false;
        }
    }
}
