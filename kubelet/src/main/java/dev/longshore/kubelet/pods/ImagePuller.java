package dev.longshore.kubelet.pods;

import static java.util.stream.Collectors.joining;

import dev.longshore.base.Time;
import dev.longshore.kubelet.cluster.ConfigApi;
import dev.longshore.kubelet.cluster.EventRecorder;
import dev.longshore.kubelet.images.ImageAccess;
import dev.longshore.kubelet.images.ImageNames;
import dev.longshore.kubelet.images.Keyring;
import dev.longshore.kubelet.images.PluginKeys;
import dev.longshore.kubelet.images.PullKey;
import dev.longshore.kubelet.measures.NodeMeasures;
import dev.longshore.runtime.Images;
import dev.longshore.runtime.RuntimeFaultException;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings images to the node, a few at a time, by the pull policy of the container that needs them, and gives what
/// is here to those pods only that may have it. Thread-safe.
final class ImagePuller {

    private static final Logger log = LoggerFactory.getLogger(ImagePuller.class);
    private static final List<String> TELLING = List.of("RegistryUnavailable", "SignatureValidationFailed");

    private final Images images;
    private final ConfigApi config;
    private final EventRecorder events;
    private final Time time;
    private final NodeMeasures measures;
    private final ImageAccess access;
    private final PluginKeys plugins;
    private final Semaphore slots;

    ImagePuller(
            PodSettings settings,
            Images images,
            ConfigApi config,
            EventRecorder events,
            Time time,
            NodeMeasures measures) {
        this.images = images;
        this.config = config;
        this.events = events;
        this.time = time;
        this.measures = measures;
        PullSettings pulls = settings.pulls();
        Optional<Path> records = settings.hollow()
                ? Optional.empty()
                : Optional.of(settings.root().resolve("image_manager"));
        this.access = new ImageAccess(records, pulls.policy(), pulls.allowed(), time);
        this.plugins = new PluginKeys(pulls.providers(), config, time);
        this.slots = new Semaphore(pulls.atOnce(), true);
    }

    /// Sorts out what an earlier run was pulling.
    void settle() {
        try {
            access.settle(images.list());
        } catch (RuntimeFaultException away) {
            log.warn("what was being pulled could not be found out: {}", away.getMessage());
        }
    }

    /// Begins to fetch what is asked for, or finds it; `whenDone` is called if that was not at once.
    ImagePull begin(Pod pod, Asked asked, Runnable whenDone) {
        String image = asked.image();
        String problem = ImageNames.problem(image);
        if (!problem.isEmpty()) {
            String message = "Failed to apply default image tag \"%s\": couldn't parse image name \"%s\": %s"
                    .formatted(image, image, problem);
            events.warning(pod, asked.fieldPath(), "InspectFailed", message);
            return missing(pod, asked, "InvalidImageName", message);
        }
        String policy = policy(asked);
        Optional<Images.ImageStatus> here;
        try {
            here = images.status(image);
        } catch (RuntimeFaultException unknown) {
            String message = "Failed to inspect image \"%s\": %s".formatted(image, unknown.getMessage());
            events.warning(pod, asked.fieldPath(), "InspectFailed", message);
            return missing(pod, asked, "ImageInspectError", message);
        }
        boolean isUsable = here.filter(status -> !policy.equals("Always") || wasMadeHere(status))
                .isPresent();
        if (isUsable && mayHave(pod, image, here.get())) {
            events.normal(
                    pod,
                    asked.fieldPath(),
                    "Pulled",
                    "Container image \"%s\" already present on machine and can be accessed by the pod"
                            .formatted(image));
            return ImagePull.done(new ImagePull.Result.Present(here.get()));
        }
        if (policy.equals("Never")) {
            // Whoever may not have it need not know that it is here.
            String message = "Container image \"%s\" is not present with pull policy of Never".formatted(image);
            events.warning(pod, asked.fieldPath(), "ErrImageNeverPull", message);
            return missing(pod, asked, "ErrImageNeverPull", message);
        }
        var pull = new ImagePull();
        Thread.ofVirtual().name("pull " + image).start(() -> {
            pull.finish(fetch(pod, asked, image));
            whenDone.run();
        });
        return pull;
    }

    private ImagePull missing(Pod pod, Asked asked, String reason, String message) {
        events.warning(pod, asked.fieldPath(), "Failed", "Error: " + reason);
        return ImagePull.done(new ImagePull.Result.Missing(reason, message));
    }

    private boolean mayHave(Pod pod, String image, Images.ImageStatus here) {
        try {
            return !access.mustPull(image, here.id().toString(), () -> keys(pod, image));
        } catch (IllegalArgumentException unreadable) {
            // The pull that follows says what is wrong with the secret.
            return false;
        }
    }

    /// An image without a digest from a registry was built on this machine: no registry could have a newer one.
    private static boolean wasMadeHere(Images.ImageStatus image) {
        return image.repoDigests().isEmpty();
    }

    private ImagePull.Result fetch(Pod pod, Asked asked, String image) {
        access.begin(image);
        boolean isNoted = false;
        long since = time.nanoTime();
        try {
            List<PullKey> keys = keys(pod, image);
            events.normal(pod, asked.fieldPath(), "Pulling", "Pulling image \"%s\"".formatted(image));
            slots.acquire();
            try {
                long began = time.nanoTime();
                Pulled pulled = pull(image, keys);
                long ended = time.nanoTime();
                access.pulled(image, pulled.status.id().toString(), pulled.key);
                isNoted = true;
                measures.pulled(pulled.status.sizeBytes(), ended - began);
                events.normal(
                        pod,
                        asked.fieldPath(),
                        "Pulled",
                        "Successfully pulled image \"%s\" in %s (%s including waiting). Image size: %d bytes."
                                .formatted(image, span(ended - began), span(ended - since), pulled.status.sizeBytes()));
                return new ImagePull.Result.Present(pulled.status);
            } finally {
                slots.release();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return new ImagePull.Result.Missing("ErrImagePull", "interrupted");
        } catch (RuntimeException failure) {
            return failed(pod, asked, image, String.valueOf(failure.getMessage()));
        } finally {
            if (!isNoted) {
                access.failed(image);
            }
        }
    }

    private ImagePull.Result failed(Pod pod, Asked asked, String image, String message) {
        events.warning(pod, asked.fieldPath(), "Failed", "Failed to pull image \"%s\": %s".formatted(image, message));
        // Runtimes tell what kind of failure it is by the first word.
        String reason = TELLING.stream().filter(message::startsWith).findFirst().orElse("ErrImagePull");
        String rest = message.substring(reason.equals("ErrImagePull") ? 0 : reason.length());
        events.warning(pod, asked.fieldPath(), "Failed", "Error: " + reason);
        return new ImagePull.Result.Missing(
                reason,
                switch (reason) {
                    case "RegistryUnavailable" ->
                        "image pull failed for %s because the registry is unavailable%s".formatted(image, rest);
                    case "SignatureValidationFailed" ->
                        "image pull failed for %s because the signature validation failed%s".formatted(image, rest);
                    default -> rest;
                });
    }

    /// An image that came, and what opened it.
    private record Pulled(Images.ImageStatus status, Optional<PullKey> key) {}

    private Pulled pull(String image, List<PullKey> keys) throws InterruptedException {
        if (keys.isEmpty()) {
            return new Pulled(images.pull(image, Optional.empty()), Optional.empty());
        }
        var refusals = new LinkedHashSet<String>();
        for (PullKey key : keys) {
            try {
                return new Pulled(images.pull(image, Optional.of(key.credentials())), Optional.of(key));
            } catch (RuntimeFaultException refused) {
                refusals.add(refused.getMessage());
            }
        }
        throw new RuntimeFaultException(
                RuntimeFaultException.Kind.IMAGE_UNAVAILABLE,
                refusals.size() == 1 ? refusals.getFirst() : refusals.stream().collect(joining(", ", "[", "]")));
    }

    private List<PullKey> keys(Pod pod, String image) {
        var found = new ArrayList<Secret>();
        var absent = new ArrayList<String>();
        for (var reference : pod.getSpec().getImagePullSecrets()) {
            String name = reference.getName() == null ? "" : reference.getName();
            if (!name.isEmpty()) {
                config.secret(pod.getMetadata().getNamespace(), name)
                        .ifPresentOrElse(found::add, () -> absent.add(name));
            }
        }
        if (!absent.isEmpty()) {
            events.warning(
                    pod,
                    "",
                    "FailedToRetrieveImagePullSecret",
                    "Unable to retrieve some image pull secrets (%s); attempting to pull the image may not succeed."
                            .formatted(String.join(", ", absent)));
        }
        var keys = new ArrayList<PullKey>(Keyring.of(found).find(image));
        keys.addAll(plugins.find(pod, image));
        return keys;
    }

    private static String policy(Asked asked) {
        if (!asked.policy().isEmpty()) {
            return asked.policy();
        }
        String image = asked.image();
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

    /// An image that somebody needs.
    ///
    /// @param fieldPath of who needs it, for events; empty for the pod as a whole
    /// @param policy when to pull it; empty for the usual one
    record Asked(String fieldPath, String image, String policy) {
        static Asked by(Declared declared) {
            Container container = declared.container();
            return new Asked(
                    declared.fieldPath(),
                    container.getImage() == null ? "" : container.getImage(),
                    container.getImagePullPolicy() == null ? "" : container.getImagePullPolicy());
        }
    }
}
