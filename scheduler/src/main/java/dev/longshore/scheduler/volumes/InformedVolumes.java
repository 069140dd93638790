package dev.longshore.scheduler.volumes;

import dev.longshore.client.Informers;
import dev.longshore.scheduler.framework.PodView;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.storage.CSIDriver;
import io.fabric8.kubernetes.api.model.storage.CSINode;
import io.fabric8.kubernetes.api.model.storage.CSIStorageCapacity;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import io.fabric8.kubernetes.api.model.storage.VolumeAttachment;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// What informers say of volumes, with what was decided and is not heard of yet laid over it.
public final class InformedVolumes implements VolumeFacts {

    private final Informers informers;
    private final Assumptions<PersistentVolume> volumes = new Assumptions<>();
    private final Assumptions<PersistentVolumeClaim> claims = new Assumptions<>();

    /// Reads through `informers`, which must be started after this.
    public InformedVolumes(Informers informers) {
        this.informers = informers;
    }

    /// Calls `moved` when something changed that may help pods that wait for volumes, with a test of which.
    public void onChange(Consumer<Predicate<PodView>> moved) {
        informers.onChange(PersistentVolumeClaim.class, claim -> moved.accept(pod -> PodClaims.uses(pod, claim)));
        List.of(
                        PersistentVolume.class,
                        StorageClass.class,
                        CSINode.class,
                        CSIDriver.class,
                        CSIStorageCapacity.class,
                        VolumeAttachment.class)
                .forEach(type -> onChange(type, moved));
    }

    private <T extends HasMetadata> void onChange(Class<T> type, Consumer<Predicate<PodView>> moved) {
        informers.onChange(type, changed -> moved.accept(pod -> !pod.volumes().isEmpty()));
    }

    @Override
    public Optional<PersistentVolumeClaim> claim(String namespace, String name) {
        String key = namespace + "/" + name;
        return claims.over(key, informers.find(PersistentVolumeClaim.class, key));
    }

    @Override
    public Optional<PersistentVolume> volume(String name) {
        return volumes.over(name, informers.find(PersistentVolume.class, name));
    }

    @Override
    public List<PersistentVolume> volumesOf(String storageClass) {
        return informers.all(PersistentVolume.class).stream()
                .map(volumes::over)
                .filter(volume -> PodClaims.storageClass(volume).equals(storageClass))
                .toList();
    }

    @Override
    public Optional<StorageClass> storageClass(String name) {
        return informers.find(StorageClass.class, name);
    }

    @Override
    public Optional<CSINode> attacher(String name) {
        return informers.find(CSINode.class, name);
    }

    @Override
    public Optional<CSIDriver> driver(String name) {
        return informers.find(CSIDriver.class, name);
    }

    @Override
    public List<CSIStorageCapacity> capacities() {
        return informers.all(CSIStorageCapacity.class);
    }

    @Override
    public List<VolumeAttachment> attachments(String name) {
        return informers.all(VolumeAttachment.class).stream()
                .filter(attachment -> Objects.equals(name, attachment.getSpec().getNodeName()))
                .toList();
    }

    void assume(PersistentVolume volume) {
        volumes.assume(volume);
    }

    void assume(PersistentVolumeClaim claim) {
        claims.assume(claim);
    }

    void forget(PersistentVolume volume) {
        volumes.forget(volume);
    }

    void forget(PersistentVolumeClaim claim) {
        claims.forget(claim);
    }

    /// As the server last said, whatever was decided.
    Optional<PersistentVolume> heardVolume(String name) {
        return informers.find(PersistentVolume.class, name);
    }

    /// As the server last said, whatever was decided.
    Optional<PersistentVolumeClaim> heardClaim(PersistentVolumeClaim claim) {
        return informers.find(
                PersistentVolumeClaim.class,
                claim.getMetadata().getNamespace() + "/" + claim.getMetadata().getName());
    }

    boolean isThere(PodView pod) {
        return informers.find(Pod.class, pod.key()).isPresent();
    }
}
