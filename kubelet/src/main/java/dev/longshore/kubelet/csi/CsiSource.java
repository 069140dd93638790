package dev.longshore.kubelet.csi;

import dev.longshore.kubelet.csi.proto.VolumeCapability;
import dev.longshore.kubelet.csi.proto.VolumeCapability.AccessMode.Mode;
import dev.longshore.kubelet.csi.proto.VolumeCapability.BlockVolume;
import dev.longshore.kubelet.csi.proto.VolumeCapability.MountVolume;
import dev.longshore.kubelet.volumes.Wanted;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.SecretReference;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// What a pod says of a volume of a driver, whether it is the pod's own or a persistent one.
///
/// @param handle what the driver calls it
/// @param accessMode the first of those that the persistent volume has
record CsiSource(
        String driver,
        String handle,
        boolean readOnly,
        String fsType,
        Map<String, String> attributes,
        Optional<Secret> publishSecret,
        Optional<Secret> stageSecret,
        List<String> mountOptions,
        String accessMode,
        boolean isEphemeral,
        boolean isBlock) {

    private static final String USUAL_MODE = "ReadWriteOnce";

    /// Where a secret is.
    record Secret(String namespace, String name) {}

    /// @param ownHandle of a volume of the pod's own
    static CsiSource of(Wanted wanted, String namespace, String ownHandle) {
        if (wanted.persistent().isEmpty()) {
            var own = wanted.volume().getCsi();
            return new CsiSource(
                    own.getDriver(),
                    ownHandle,
                    Boolean.TRUE.equals(own.getReadOnly()),
                    text(own.getFsType()),
                    Objects.requireNonNullElse(own.getVolumeAttributes(), Map.of()),
                    Optional.ofNullable(own.getNodePublishSecretRef())
                            .map(secret -> new Secret(namespace, secret.getName())),
                    Optional.empty(),
                    List.of(),
                    USUAL_MODE,
                    true,
                    false);
        }
        return of(wanted.persistent().get(), wanted.readOnly());
    }

    /// A persistent volume.
    static CsiSource of(PersistentVolume volume, boolean readOnly) {
        var spec = volume.getSpec();
        var source = spec.getCsi();
        return new CsiSource(
                source.getDriver(),
                source.getVolumeHandle(),
                readOnly || Boolean.TRUE.equals(source.getReadOnly()),
                text(source.getFsType()),
                Objects.requireNonNullElse(source.getVolumeAttributes(), Map.of()),
                secret(source.getNodePublishSecretRef()),
                secret(source.getNodeStageSecretRef()),
                Objects.requireNonNullElse(spec.getMountOptions(), List.of()),
                spec.getAccessModes().isEmpty()
                        ? USUAL_MODE
                        : spec.getAccessModes().getFirst(),
                false,
                "Block".equals(spec.getVolumeMode()));
    }

    static Optional<Secret> secret(SecretReference reference) {
        return Optional.ofNullable(reference).map(found -> new Secret(found.getNamespace(), found.getName()));
    }

    private static String text(String text) {
        return text == null ? "" : text;
    }

    /// As drivers are told.
    ///
    /// @param group that the driver is to give the files to; empty if it does not do such
    /// @param tellsApart whether it knows one writer of one node from many
    VolumeCapability capability(String group, boolean tellsApart) {
        Mode mode =
                switch (accessMode) {
                    case "ReadOnlyMany" -> Mode.MULTI_NODE_READER_ONLY;
                    case "ReadWriteMany" -> Mode.MULTI_NODE_MULTI_WRITER;
                    case "ReadWriteOncePod" -> tellsApart ? Mode.SINGLE_NODE_SINGLE_WRITER : Mode.SINGLE_NODE_WRITER;
                    default -> tellsApart ? Mode.SINGLE_NODE_MULTI_WRITER : Mode.SINGLE_NODE_WRITER;
                };
        var capability = VolumeCapability.newBuilder()
                .setAccessMode(VolumeCapability.AccessMode.newBuilder().setMode(mode));
        return isBlock
                ? capability.setBlock(BlockVolume.getDefaultInstance()).build()
                : capability
                        .setMount(MountVolume.newBuilder()
                                .setFsType(fsType)
                                .addAllMountFlags(mountOptions)
                                .setVolumeMountGroup(group))
                        .build();
    }
}
