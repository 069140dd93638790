package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import java.math.BigDecimal;
import java.util.Optional;

/// The pod that scrubs a volume whose reclaim policy is `Recycle`: deprecated, and kept because it is there. Pure.
final class VolumeRecycling {

    /// Where such pods run.
    static final String NAMESPACE = "default";

    private static final String NAME = "recycler-for-";
    private static final String IMAGE = "registry.k8s.io/build-image/debian-base:bookworm-v1.0.6";
    /// Busybox's find deletes nothing itself.
    private static final String SCRUB =
            "test -e /scrub && find /scrub -mindepth 1 -maxdepth 1 -exec rm -rf {} + && test -z \"$(ls -A /scrub)\" || exit 1";
    private static final BigDecimal GIBI = BigDecimal.valueOf(1L << 30);
    private static final long SECONDS_FOR_EACH = 30;
    private static final long FEWEST_SECONDS = 60;
    private static final long FEWEST_SECONDS_OVER_NETWORK = 300;

    private VolumeRecycling() {}

    /// The name of the pod for the volume called `volume`.
    static String pod(String volume) {
        return NAME + volume;
    }

    /// The name of the volume that the pod called `pod` scrubs.
    static Optional<String> volume(Pod pod) {
        String name = pod.getMetadata().getName();
        return pod.getMetadata().getNamespace().equals(NAMESPACE) && name.startsWith(NAME)
                ? Optional.of(name.substring(NAME.length()))
                : Optional.empty();
    }

    /// The pod that scrubs `volume`; empty for kinds of volumes that nobody knows to scrub.
    static Optional<Pod> scrubber(PersistentVolume volume) {
        var source = new VolumeBuilder().withName("vol");
        var spec = volume.getSpec();
        long fewest;
        if (spec.getHostPath() != null) {
            source.withNewHostPath(spec.getHostPath().getPath(), null);
            fewest = FEWEST_SECONDS;
        } else if (spec.getNfs() != null) {
            source.withNewNfs(
                    spec.getNfs().getPath(),
                    spec.getNfs().getReadOnly(),
                    spec.getNfs().getServer());
            fewest = FEWEST_SECONDS_OVER_NETWORK;
        } else {
            return Optional.empty();
        }
        long gibis = StorageClaims.capacity(volume).divideToIntegralValue(GIBI).longValue();
        return Optional.of(pod(volume, source.build(), Math.max(fewest, gibis * SECONDS_FOR_EACH)));
    }

    private static Pod pod(PersistentVolume volume, Volume source, long seconds) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace(NAMESPACE)
                .withName(pod(Keys.of(volume)))
                .endMetadata()
                .withNewSpec()
                .withActiveDeadlineSeconds(seconds)
                .withRestartPolicy("Never")
                .withVolumes(source)
                .addNewContainer()
                .withName("pv-recycler")
                .withImage(IMAGE)
                .withCommand("/bin/sh")
                .withArgs("-c", SCRUB)
                .addNewVolumeMount()
                .withName("vol")
                .withMountPath("/scrub")
                .endVolumeMount()
                .endContainer()
                .endSpec()
                .build();
    }
}
