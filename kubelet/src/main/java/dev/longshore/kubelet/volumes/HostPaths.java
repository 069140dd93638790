package dev.longshore.kubelet.volumes;

import io.fabric8.kubernetes.api.model.HostPathVolumeSource;
import io.fabric8.kubernetes.api.model.PersistentVolumeSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;

/// Volumes that are places on this machine: hostPath, and persistent volumes of the kinds hostPath and local.
final class HostPaths {

    private static final int FILE_TYPE = 0170000;
    private static final int SOCKET = 0140000;
    private static final int CHARACTER_DEVICE = 0020000;
    private static final int BLOCK_DEVICE = 0060000;
    private static final String NEW_MOUNTER = "MountVolume.NewMounter initialization";
    private static final String MAKER = "pv.kubernetes.io/provisioned-by";

    private HostPaths() {}

    /// A device stands also for files that are wanted of it: then it is still to be mounted.
    ///
    /// @throws VolumeException when the place is not what the pod says it is, or `wanted` is of another kind
    static MountedVolume of(Wanted wanted) {
        if (wanted.persistent().isEmpty()) {
            if (wanted.volume().getHostPath() == null) {
                throw unknown(wanted);
            }
            return new MountedVolume.Files(checked(wanted.volume().getHostPath(), false), false);
        }
        var spec = wanted.persistent().get().getSpec();
        if (spec.getHostPath() != null) {
            refuseOptions(spec);
            // What was made for a claim is for whatever user the pod runs as.
            var annotations = wanted.persistent().get().getMetadata().getAnnotations();
            boolean isMadeForIt = annotations != null && annotations.containsKey(MAKER);
            return new MountedVolume.Files(checked(spec.getHostPath(), isMadeForIt), wanted.readOnly());
        }
        if (spec.getLocal() != null) {
            return local(Path.of(spec.getLocal().getPath()), wanted);
        }
        throw unknown(wanted);
    }

    /// A bind mount has no options of its own.
    private static void refuseOptions(PersistentVolumeSpec spec) {
        if (spec.getMountOptions() != null && !spec.getMountOptions().isEmpty()) {
            throw VolumeException.during(
                    "MountVolume.MountOptionSupport check", "mount options are not supported for this volume type");
        }
    }

    private static MountedVolume local(Path path, Wanted wanted) {
        try {
            if (wanted.isBlock()) {
                return new MountedVolume.Device(device(path), wanted.readOnly());
            }
            if (!Files.exists(path)) {
                throw VolumeException.during(NEW_MOUNTER, "path \"%s\" does not exist".formatted(path));
            }
            if (isOf(path, BLOCK_DEVICE)) {
                return new MountedVolume.Device(path.toRealPath(), wanted.readOnly());
            }
            if (!Files.isDirectory(path)) {
                throw VolumeException.during(NEW_MOUNTER, "only directory and block device are supported");
            }
            return new MountedVolume.Files(path, wanted.readOnly());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure.getMessage(), failure);
        }
    }

    private static Path device(Path path) throws IOException {
        if (!Files.exists(path)) {
            throw VolumeException.during(
                    "MapVolume.NewBlockVolumeMapper initialization",
                    "failed to get device path: lstat %s: no such file or directory".formatted(path));
        }
        if (!isOf(path, BLOCK_DEVICE)) {
            throw VolumeException.during("MapVolume.MapBlockVolume", "%s is not a block device".formatted(path));
        }
        return path.toRealPath();
    }

    private static VolumeException unknown(Wanted wanted) {
        return new VolumeException("no volume plugin matched name: " + wanted.name());
    }

    private static Path checked(HostPathVolumeSource source, boolean forAll) {
        Path path = Path.of(source.getPath());
        for (Path name : path) {
            if (name.toString().equals("..")) {
                throw new VolumeException("invalid HostPath `%s`: must not contain '..'".formatted(source.getPath()));
            }
        }
        String type = Objects.requireNonNullElse(source.getType(), "");
        try {
            switch (type) {
                case "DirectoryOrCreate" -> {
                    make(path, forAll);
                    require(Files.isDirectory(path), failure(path, "a directory"));
                }
                case "Directory" -> require(Files.isDirectory(path), failure(path, "a directory"));
                case "FileOrCreate" -> {
                    if (Files.notExists(path)) {
                        Files.createFile(path);
                        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r--r--"));
                    }
                    require(Files.isRegularFile(path), failure(path, "a file"));
                }
                case "File" -> require(Files.isRegularFile(path), failure(path, "a file"));
                case "Socket" -> require(isOf(path, SOCKET), failure(path, "a socket file"));
                case "CharDevice" -> require(isOf(path, CHARACTER_DEVICE), failure(path, "a character device"));
                case "BlockDevice" -> require(isOf(path, BLOCK_DEVICE), failure(path, "a block device"));
                // Without a type there is no check, but a bind mount needs something to bind.
                case "" -> make(path, false);
                default -> throw new VolumeException(type + " is an invalid volume type");
            }
            return path;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure.getMessage(), failure);
        }
    }

    private static void make(Path path, boolean forAll) throws IOException {
        if (Files.exists(path)) {
            return;
        }
        Files.createDirectories(path);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(forAll ? "rwxrwxrwx" : "rwxr-xr-x"));
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
