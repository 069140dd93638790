package dev.longshore.kubelet.volumes;

import dev.longshore.kubelet.cluster.ConfigApi;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Volume;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Finds what stands behind a pod's volumes: claims, and what they are bound to.
final class Claims {

    private static final String PROTECTION = "kubernetes.io/pvc-protection";

    private final ConfigApi config;

    Claims(ConfigApi config) {
        this.config = config;
    }

    /// @throws Unready when the claim cannot be used as it is
    Wanted of(PodContext pod, Volume volume) {
        if (volume.getPersistentVolumeClaim() != null) {
            var source = volume.getPersistentVolumeClaim();
            return claimed(
                    pod,
                    volume,
                    bound(pod.namespace(), source.getClaimName()),
                    Boolean.TRUE.equals(source.getReadOnly()));
        }
        if (volume.getEphemeral() != null) {
            String name = pod.pod().getMetadata().getName() + "-" + volume.getName();
            PersistentVolumeClaim claim = bound(pod.namespace(), name);
            if (!isControlledBy(pod, claim)) {
                throw new Unready("PVC %s/%s was not created for pod %s/%s (pod is not owner)"
                        .formatted(
                                pod.namespace(),
                                name,
                                pod.namespace(),
                                pod.pod().getMetadata().getName()));
            }
            return claimed(pod, volume, claim, false);
        }
        return new Wanted(volume, Optional.empty(), Optional.empty(), false);
    }

    private PersistentVolumeClaim bound(String namespace, String name) {
        PersistentVolumeClaim claim = config.claim(namespace, name)
                .orElseThrow(() -> unready(
                        namespace,
                        name,
                        "failed to fetch PVC from API server: persistentvolumeclaims \"%s\" not found"
                                .formatted(name)));
        var meta = claim.getMetadata();
        if (meta.getDeletionTimestamp() != null && !meta.getFinalizers().contains(PROTECTION)) {
            throw unready(namespace, name, "PVC is being deleted");
        }
        if (claim.getStatus() == null || !"Bound".equals(claim.getStatus().getPhase())) {
            throw unready(namespace, name, "PVC is not bound");
        }
        if (claim.getSpec().getVolumeName() == null
                || claim.getSpec().getVolumeName().isEmpty()) {
            throw unready(namespace, name, "PVC has empty pvc.Spec.VolumeName");
        }
        return claim;
    }

    private Wanted claimed(PodContext pod, Volume volume, PersistentVolumeClaim claim, boolean readOnly) {
        String name = claim.getSpec().getVolumeName();
        String of = claim.getMetadata().getName();
        PersistentVolume persistent = config.volume(name)
                .orElseThrow(() -> unready(
                        pod.namespace(),
                        of,
                        "failed to fetch PV %s from API server: persistentvolumes \"%s\" not found"
                                .formatted(name, name)));
        var reference = persistent.getSpec().getClaimRef();
        if (reference == null) {
            throw unready(
                    pod.namespace(),
                    of,
                    "found PV object %s but it has a nil pv.Spec.ClaimRef indicating it is not yet bound to the claim"
                            .formatted(name));
        }
        if (!claim.getMetadata().getUid().equals(reference.getUid())) {
            throw unready(
                    pod.namespace(),
                    of,
                    "found PV object %s but its pv.Spec.ClaimRef.UID %s does not point to claim.UID %s"
                            .formatted(
                                    name,
                                    reference.getUid(),
                                    claim.getMetadata().getUid()));
        }
        var wanted = new Wanted(volume, Optional.of(claim), Optional.of(persistent), readOnly);
        checkMode(pod, wanted);
        return wanted;
    }

    private static void checkMode(PodContext pod, Wanted wanted) {
        String name = wanted.volume().getName();
        List<Container> all = new ArrayList<>(pod.pod().getSpec().getInitContainers());
        all.addAll(pod.pod().getSpec().getContainers());
        boolean isMounted = all.stream()
                .flatMap(container -> container.getVolumeMounts().stream())
                .anyMatch(mount -> mount.getName().equals(name));
        boolean isDevice = all.stream()
                .flatMap(container -> container.getVolumeDevices().stream())
                .anyMatch(device -> device.getName().equals(name));
        if (isMounted && wanted.isBlock()) {
            throw new Unready("volume %s has volumeMode Block, but is specified in volumeMounts".formatted(name));
        }
        if (isDevice && !wanted.isBlock()) {
            throw new Unready("volume %s has volumeMode Filesystem, but is specified in volumeDevices".formatted(name));
        }
    }

    private static boolean isControlledBy(PodContext pod, PersistentVolumeClaim claim) {
        return claim.getMetadata().getOwnerReferences().stream()
                .filter(owner -> Boolean.TRUE.equals(owner.getController()))
                .map(OwnerReference::getUid)
                .anyMatch(pod.uid()::equals);
    }

    private static Unready unready(String namespace, String name, String why) {
        return new Unready("error processing PVC %s/%s: %s".formatted(namespace, name, why));
    }

    /// A claim is not such that its volume could be mounted.
    static final class Unready extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unready(String message) {
            super(message);
        }
    }
}
