package dev.longshore.scheduler.volumes;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.storage.CSIDriver;
import io.fabric8.kubernetes.api.model.storage.CSINode;
import io.fabric8.kubernetes.api.model.storage.CSIStorageCapacity;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import io.fabric8.kubernetes.api.model.storage.VolumeAttachment;
import java.util.List;
import java.util.Optional;

/// Facts of a cluster without any volume.
final class NoVolumes implements VolumeFacts {

    @Override
    public Optional<PersistentVolumeClaim> claim(String namespace, String name) {
        return Optional.empty();
    }

    @Override
    public Optional<PersistentVolume> volume(String name) {
        return Optional.empty();
    }

    @Override
    public List<PersistentVolume> volumesOf(String storageClass) {
        return List.of();
    }

    @Override
    public Optional<StorageClass> storageClass(String name) {
        return Optional.empty();
    }

    @Override
    public Optional<CSINode> attacher(String name) {
        return Optional.empty();
    }

    @Override
    public Optional<CSIDriver> driver(String name) {
        return Optional.empty();
    }

    @Override
    public List<CSIStorageCapacity> capacities() {
        return List.of();
    }

    @Override
    public List<VolumeAttachment> attachments(String name) {
        return List.of();
    }
}
