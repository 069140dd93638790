package dev.longshore.kubelet.pods;

import dev.longshore.base.Time;
import dev.longshore.kubelet.cluster.ConfigApi;
import dev.longshore.kubelet.cluster.EventRecorder;
import dev.longshore.runtime.Images;
import dev.longshore.runtime.RuntimeFaultException;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/// Brings images to the node, a few at a time, by the pull policy of the container that needs them.
/// Thread-safe.
final class ImagePuller {

    private static final int AT_ONCE = 4;

    private final Images images;
    private final ConfigApi config;
    private final EventRecorder events;
    private final Time time;
    private final Semaphore slots = new Semaphore(AT_ONCE, true);

    ImagePuller(Images images, ConfigApi config, EventRecorder events, Time time) {
        this.images = images;
        this.config = config;
        this.events = events;
        this.time = time;
    }

    /// Begins to fetch the image of `declared`, or finds it; `whenDone` is called if that was not at once.
    ImagePull begin(Pod pod, Declared declared, Runnable whenDone) {
        Container container = declared.container();
        String image = container.getImage();
        if (image == null || image.isBlank() || !image.equals(image.strip())) {
            String message =
                    "Failed to apply default image tag \"%s\": couldn't parse image name \"%s\": invalid reference format"
                            .formatted(image, image);
            events.warning(pod, declared.fieldPath(), "InspectFailed", message);
            return ImagePull.done(new ImagePull.Result.Missing("InvalidImageName", message));
        }
        Optional<Images.ImageStatus> here = images.status(image);
        String policy = policy(container);
        if (here.isPresent() && (!policy.equals("Always") || wasMadeHere(here.get()))) {
            events.normal(
                    pod,
                    declared.fieldPath(),
                    "Pulled",
                    "Container image \"%s\" already present on machine".formatted(image));
            return ImagePull.done(new ImagePull.Result.Present(here.get()));
        }
        if (policy.equals("Never")) {
            String message = "Container image \"%s\" is not present with pull policy of Never".formatted(image);
            events.warning(pod, declared.fieldPath(), "ErrImageNeverPull", message);
            return ImagePull.done(new ImagePull.Result.Missing("ErrImageNeverPull", message));
        }
        var pull = new ImagePull();
        Thread.ofVirtual().name("pull " + image).start(() -> {
            pull.finish(fetch(pod, declared, image));
            whenDone.run();
        });
        return pull;
    }

    /// An image without a digest from a registry was built on this machine: no registry could have a newer one.
    private static boolean wasMadeHere(Images.ImageStatus image) {
        return image.repoDigests().isEmpty();
    }

    private ImagePull.Result fetch(Pod pod, Declared declared, String image) {
        long asked = time.nanoTime();
        events.normal(pod, declared.fieldPath(), "Pulling", "Pulling image \"%s\"".formatted(image));
        try {
            slots.acquire();
            try {
                long began = time.nanoTime();
                Images.ImageStatus status = pullWithAny(pod, image);
                long ended = time.nanoTime();
                events.normal(
                        pod,
                        declared.fieldPath(),
                        "Pulled",
                        "Successfully pulled image \"%s\" in %s (%s including waiting). Image size: %d bytes."
                                .formatted(image, span(ended - began), span(ended - asked), status.sizeBytes()));
                return new ImagePull.Result.Present(status);
            } finally {
                slots.release();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return new ImagePull.Result.Missing("ErrImagePull", "interrupted");
        } catch (RuntimeException failure) {
            String message = String.valueOf(failure.getMessage());
            events.warning(
                    pod, declared.fieldPath(), "Failed", "Failed to pull image \"%s\": %s".formatted(image, message));
            events.warning(pod, declared.fieldPath(), "Failed", "Error: ErrImagePull");
            return new ImagePull.Result.Missing("ErrImagePull", message);
        }
    }

    private Images.ImageStatus pullWithAny(Pod pod, String image) throws InterruptedException {
        List<Images.Credentials> keys = PullSecrets.of(pod, config, image);
        for (Images.Credentials key : keys) {
            try {
                return images.pull(image, Optional.of(key));
            } catch (RuntimeFaultException refused) {
                if (key.equals(keys.getLast())) {
                    throw refused;
                }
            }
        }
        return images.pull(image, Optional.empty());
    }

    private static String policy(Container container) {
        if (container.getImagePullPolicy() != null
                && !container.getImagePullPolicy().isEmpty()) {
            return container.getImagePullPolicy();
        }
        String image = container.getImage();
        String last = image.substring(image.lastIndexOf('/') + 1);
        boolean isLatest = !image.contains("@") && (!last.contains(":") || last.endsWith(":latest"));
        return isLatest ? "Always" : "IfNotPresent";
    }

    private static String span(long nanos) {
        Duration span = Duration.ofNanos(nanos);
        long millis = span.toMillis();
        return millis < 1000
                ? millis + "ms"
                : span.toMinutes() == 0
                        ? "%d.%03ds".formatted(span.toSeconds(), span.toMillisPart())
                        : "%dm%d.%03ds".formatted(span.toMinutes(), span.toSecondsPart(), span.toMillisPart());
    }
}
