package dev.longshore.kubelet.pods;

import dev.longshore.base.Digest;
import dev.longshore.kubelet.volumes.MountedVolume;
import dev.longshore.kubelet.volumes.PodContext;
import dev.longshore.kubelet.volumes.PodVolumes;
import dev.longshore.kubelet.volumes.VolumeException;
import dev.longshore.runtime.ContainerOptions;
import dev.longshore.runtime.ContainerSpec;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.VolumeDevice;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;

/// Turns the volumes that a container mounts into mounts that the runtime can make.
final class VolumeMounts {

    /// Recursive in a way that mounts below cannot escape (mount_setattr(2)).
    private static final String RECURSIVE_READ_ONLY = "rro";

    private final PodVolumes parts;

    VolumeMounts(PodVolumes parts) {
        this.parts = parts;
    }

    /// @throws VolumeException when a mount is not possible or not allowed
    List<ContainerSpec.Mount> of(
            PodContext pod,
            Container container,
            Map<String, String> env,
            Map<String, MountedVolume> volumes,
            RecursiveReadOnly recursion) {
        var mounts = new ArrayList<ContainerSpec.Mount>();
        for (VolumeMount wanted : container.getVolumeMounts()) {
            var at = new Place(pod, container, mounts.size(), subPath(wanted, env), recursion.holds(wanted));
            MountedVolume volume = Optional.ofNullable(volumes.get(wanted.getName()))
                    .orElseThrow(() -> new VolumeException("cannot find volume \"%s\" to mount into container \"%s\""
                            .formatted(wanted.getName(), container.getName())));
            mounts.add(mount(at, wanted, volume));
        }
        return mounts;
    }

    /// The block devices that a container gets.
    ///
    /// @throws VolumeException when one is no block device
    static List<ContainerOptions.Device> devices(Container container, Map<String, MountedVolume> volumes) {
        var devices = new ArrayList<ContainerOptions.Device>();
        for (VolumeDevice wanted : container.getVolumeDevices()) {
            if (!wanted.getDevicePath().startsWith("/")) {
                throw new VolumeException(
                        "error DevicePath `%s` must be an absolute path".formatted(wanted.getDevicePath()));
            }
            if (!(volumes.get(wanted.getName()) instanceof MountedVolume.Device device)) {
                throw new VolumeException("cannot find volume \"%s\" to pass into container \"%s\""
                        .formatted(wanted.getName(), container.getName()));
            }
            devices.add(new ContainerOptions.Device(
                    device.path(), wanted.getDevicePath(), device.readOnly() ? "r" : "mrw"));
        }
        return devices;
    }

    private ContainerSpec.Mount mount(Place at, VolumeMount wanted, MountedVolume volume) {
        return switch (volume) {
            case MountedVolume.Files files -> files(at, wanted, files);
            case MountedVolume.Pulled image -> image(at, wanted, image);
            case MountedVolume.OfImage image ->
                throw new VolumeException("image \"%s\" has not been pulled".formatted(image.reference()));
            case MountedVolume.Device device ->
                throw new VolumeException(
                        "%s is a block device and cannot be mounted into a container".formatted(device.path()));
        };
    }

    private ContainerSpec.Mount files(Place at, VolumeMount wanted, MountedVolume.Files files) {
        Path path = at.subPath.isEmpty()
                ? files.path()
                : parts.part(
                        at.pod,
                        new PodVolumes.Part(
                                files.path(), wanted.getName(), at.subPath, at.container.getName(), at.index));
        boolean readOnly = files.readOnly() || Boolean.TRUE.equals(wanted.getReadOnly());
        return new ContainerSpec.Mount(
                Optional.of(path),
                wanted.getMountPath(),
                readOnly,
                propagation(wanted),
                at.isRecursive ? List.of(RECURSIVE_READ_ONLY) : List.of());
    }

    private static ContainerSpec.Mount image(Place at, VolumeMount wanted, MountedVolume.Pulled image) {
        return ContainerSpec.Mount.image(Digest.parse(image.imageId()), at.subPath, wanted.getMountPath());
    }

    private static String subPath(VolumeMount wanted, Map<String, String> env) {
        String expression = Objects.requireNonNullElse(wanted.getSubPathExpr(), "");
        if (expression.isEmpty()) {
            return Objects.requireNonNullElse(wanted.getSubPath(), "");
        }
        var missing = new TreeSet<String>();
        String path = Expansion.expand(expression, name -> {
            String value = env.getOrDefault(name, "");
            if (value.isEmpty()) {
                missing.add(name);
            }
            return Optional.of(value);
        });
        if (!missing.isEmpty()) {
            throw new VolumeException("missing value for " + String.join(", ", missing));
        }
        return path;
    }

    private static String propagation(VolumeMount wanted) {
        return switch (Objects.requireNonNullElse(wanted.getMountPropagation(), "None")) {
            case "HostToContainer" -> "rslave";
            case "Bidirectional" -> "rshared";
            default -> "private";
        };
    }

    /// Which mount of which container.
    private record Place(PodContext pod, Container container, int index, String subPath, boolean isRecursive) {}
}
