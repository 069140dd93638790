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

/// What is known of volumes. What it returns is shared: never change it. Thread-safe; does not block.
public interface VolumeFacts {

    /// Nothing is known of any.
    VolumeFacts NONE = new NoVolumes();

    /// A claim, as decisions already taken will have it.
    Optional<PersistentVolumeClaim> claim(String namespace, String name);

    /// A volume, as decisions already taken will have it.
    Optional<PersistentVolume> volume(String name);

    /// The volumes of a class; the empty name is that of those without.
    List<PersistentVolume> volumesOf(String storageClass);

    /// A class.
    Optional<StorageClass> storageClass(String name);

    /// What the node called `name` can attach.
    Optional<CSINode> attacher(String name);

    /// A driver.
    Optional<CSIDriver> driver(String name);

    /// How much space there is, and where.
    List<CSIStorageCapacity> capacities();

    /// What is attached to the node called `name`, or is to be.
    List<VolumeAttachment> attachments(String name);
}
