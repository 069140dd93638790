package dev.longshore.scheduler.plugins;

import dev.longshore.scheduler.volumes.VolumeFacts;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.storage.CSIDriver;
import io.fabric8.kubernetes.api.model.storage.CSINode;
import io.fabric8.kubernetes.api.model.storage.CSIStorageCapacity;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import io.fabric8.kubernetes.api.model.storage.StorageClassBuilder;
import io.fabric8.kubernetes.api.model.storage.VolumeAttachment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// Volumes that a test made up.
final class FixedVolumes implements VolumeFacts {

    static final String LATER = "WaitForFirstConsumer";
    static final String DRIVER = "disks.example.com";

    private final List<HasMetadata> objects = new ArrayList<>();

    FixedVolumes with(HasMetadata... more) {
        objects.addAll(List.of(more));
        return this;
    }

    /// A claim for `gibibytes` of class `disks`.
    static PersistentVolumeClaim claim(String name, int gibibytes, UnaryOperator<PersistentVolumeClaimBuilder> change) {
        return change.apply(new PersistentVolumeClaimBuilder()
                        .withNewMetadata()
                        .withNamespace("default")
                        .withName(name)
                        .withUid("uid-" + name)
                        .endMetadata()
                        .withNewSpec()
                        .withAccessModes("ReadWriteOnce")
                        .withStorageClassName("disks")
                        .withNewResources()
                        .addToRequests("storage", new Quantity(gibibytes + "Gi"))
                        .endResources()
                        .endSpec())
                .build();
    }

    /// That claim, with `volume` for good.
    static PersistentVolumeClaim bound(String name, String volume) {
        return claim(
                name,
                1,
                claim -> claim.editMetadata()
                        .addToAnnotations("pv.kubernetes.io/bind-completed", "yes")
                        .endMetadata()
                        .editSpec()
                        .withVolumeName(volume)
                        .endSpec());
    }

    /// A free volume of class `disks`; of one node unless that is empty.
    static PersistentVolume volume(
            String name, int gibibytes, String host, UnaryOperator<PersistentVolumeBuilder> change) {
        var builder = new PersistentVolumeBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withAccessModes("ReadWriteOnce")
                .withStorageClassName("disks")
                .addToCapacity("storage", new Quantity(gibibytes + "Gi"))
                .endSpec()
                .withNewStatus()
                .withPhase("Available")
                .endStatus();
        if (!host.isEmpty()) {
            builder.editSpec()
                    .withNewNodeAffinity()
                    .withNewRequired()
                    .addNewNodeSelectorTerm()
                    .addNewMatchExpression()
                    .withKey(Sample.HOST)
                    .withOperator("In")
                    .withValues(host)
                    .endMatchExpression()
                    .endNodeSelectorTerm()
                    .endRequired()
                    .endNodeAffinity()
                    .endSpec();
        }
        return change.apply(builder).build();
    }

    /// The class `disks`.
    static StorageClass disks(String mode, String provisioner, UnaryOperator<StorageClassBuilder> change) {
        return change.apply(new StorageClassBuilder()
                        .withNewMetadata()
                        .withName("disks")
                        .endMetadata()
                        .withProvisioner(provisioner)
                        .withVolumeBindingMode(mode))
                .build();
    }

    private <T extends HasMetadata> Optional<T> find(Class<T> type, String name) {
        return all(type).stream()
                .filter(object -> object.getMetadata().getName().equals(name))
                .findFirst();
    }

    private <T extends HasMetadata> List<T> all(Class<T> type) {
        return objects.stream().filter(type::isInstance).map(type::cast).toList();
    }

    @Override
    public Optional<PersistentVolumeClaim> claim(String namespace, String name) {
        return find(PersistentVolumeClaim.class, name);
    }

    @Override
    public Optional<PersistentVolume> volume(String name) {
        return find(PersistentVolume.class, name);
    }

    @Override
    public List<PersistentVolume> volumesOf(String storageClass) {
        return all(PersistentVolume.class).stream()
                .filter(volume -> volume.getSpec().getStorageClassName().equals(storageClass))
                .toList();
    }

    @Override
    public Optional<StorageClass> storageClass(String name) {
        return find(StorageClass.class, name);
    }

    @Override
    public Optional<CSINode> attacher(String name) {
        return find(CSINode.class, name);
    }

    @Override
    public Optional<CSIDriver> driver(String name) {
        return find(CSIDriver.class, name);
    }

    @Override
    public List<CSIStorageCapacity> capacities() {
        return all(CSIStorageCapacity.class);
    }

    @Override
    public List<VolumeAttachment> attachments(String name) {
        return all(VolumeAttachment.class).stream()
                .filter(attachment -> attachment.getSpec().getNodeName().equals(name))
                .toList();
    }
}
