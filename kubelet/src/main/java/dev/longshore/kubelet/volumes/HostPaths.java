package dev.longshore.kubelet.volumes;

import dev.longshore.kubelet.cluster.ConfigApi;
import io.fabric8.kubernetes.api.model.HostPathVolumeSource;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Volume;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/// Volumes that are places on this machine: hostPath, and claims that are bound to such.
final class HostPaths {

    private static final int FILE_TYPE = 0170000;
    private static final int SOCKET = 0140000;
    private static final int CHARACTER_DEVICE = 0020000;
    private static final int BLOCK_DEVICE = 0060000;

    private final ConfigApi config;

    HostPaths(ConfigApi config) {
        this.config = config;
    }

    Path of(PodContext pod, Volume volume) {
        if (volume.getHostPath() != null) {
            return checked(volume.getHostPath());
        }
        if (volume.getPersistentVolumeClaim() != null) {
            return claimed(pod, volume.getPersistentVolumeClaim().getClaimName());
        }
        if (volume.getEphemeral() != null) {
            return claimed(pod, pod.pod().getMetadata().getName() + "-" + volume.getName());
        }
        throw new VolumeException("no volume plugin matched name: " + volume.getName());
    }

    private Path claimed(PodContext pod, String name) {
        PersistentVolumeClaim claim = config.claim(pod.namespace(), name)
                .orElseThrow(() -> new VolumeException("persistentvolumeclaim \"%s\" not found".formatted(name)));
        String bound = claim.getSpec().getVolumeName();
        boolean isBound =
                claim.getStatus() != null && "Bound".equals(claim.getStatus().getPhase());
        if (bound == null || bound.isEmpty() || !isBound) {
            throw new VolumeException("PVC %s/%s is not bound".formatted(pod.namespace(), name));
        }
        PersistentVolume volume = config.volume(bound)
                .orElseThrow(() -> new VolumeException("persistentvolume \"%s\" not found".formatted(bound)));
        var spec = volume.getSpec();
        if (spec.getHostPath() != null) {
            return checked(spec.getHostPath());
        }
        if (spec.getLocal() != null) {
            Path path = Path.of(spec.getLocal().getPath());
            require(Files.exists(path), "path \"%s\" does not exist".formatted(path));
            return path;
        }
        throw new VolumeException("no volume plugin matched name: " + bound);
    }

    private static Path checked(HostPathVolumeSource source) {
        Path path = Path.of(source.getPath());
        String type = Objects.requireNonNullElse(source.getType(), "");
        try {
            switch (type) {
                case "DirectoryOrCreate" -> {
                    Files.createDirectories(path);
                    require(Files.isDirectory(path), failure(path, "a directory"));
                }
                case "Directory" -> require(Files.isDirectory(path), failure(path, "a directory"));
                case "FileOrCreate" -> {
                    if (Files.notExists(path)) {
                        Files.createFile(path);
                    }
                    require(Files.isRegularFile(path), failure(path, "a file"));
                }
                case "File" -> require(Files.isRegularFile(path), failure(path, "a file"));
                case "Socket" -> require(isOf(path, SOCKET), failure(path, "a socket file"));
                case "CharDevice" -> require(isOf(path, CHARACTER_DEVICE), failure(path, "a character device"));
                case "BlockDevice" -> require(isOf(path, BLOCK_DEVICE), failure(path, "a block device"));
                default -> {
                    // Without a type there is no check, but a bind mount needs something to bind.
                    if (Files.notExists(path)) {
                        Files.createDirectories(path);
                    }
                }
            }
            return path;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure.getMessage(), failure);
        }
    }

    private static boolean isOf(Path path, int kind) throws IOException {
        return Files.exists(path) && ((int) Files.getAttribute(path, "unix:mode") & FILE_TYPE) == kind;
    }

    private static String failure(Path path, String what) {
        return "hostPath type check failed: %s is not %s".formatted(path, what);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new VolumeException(otherwise);
        }
    }
}
