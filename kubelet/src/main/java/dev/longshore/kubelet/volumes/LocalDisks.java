package dev.longshore.kubelet.volumes;

import dev.longshore.linux.Commands;
import dev.longshore.linux.Commands.Command;
import dev.longshore.linux.Commands.Result;
import dev.longshore.linux.DirectMounts;
import io.fabric8.kubernetes.api.model.PersistentVolumeSpec;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Local volumes that are block devices with, or to get, a file system. One is mounted with the first pod that uses it
/// and goes with the last; who uses it is noted on disk, beside what else the pod has.
///
///     ROOT/plugins/kubernetes.io/local-volume/mounts/NAME
///     ROOT/pods/UID/plugins/kubernetes.io~local-volume/disks/NAME
///
/// A device on which nothing is gets a file system; what is there is checked before it is mounted, and never written
/// over. Thread-safe; blocks while tools run, other volumes do not wait.
final class LocalDisks {

    private static final Logger log = LoggerFactory.getLogger(LocalDisks.class);
    private static final Path MARKS = Path.of("plugins", "kubernetes.io~local-volume", "disks");
    private static final Duration LIMIT = Duration.ofMinutes(30);
    private static final String USUAL_TYPE = "ext4";
    private static final String MOUNT_DEVICE = "MountVolume.MountDevice";
    private static final int NOTHING_FOUND = 2;
    private static final int ERRORS_LEFT = 4;

    private final Path root;
    private final DirectMounts mounts;
    private final Commands commands;
    private final Map<String, ReentrantLock> turns = new ConcurrentHashMap<>();

    LocalDisks(Path root, DirectMounts mounts, Commands commands) {
        this.root = root;
        this.mounts = mounts;
        this.commands = commands;
    }

    /// Where the files of `device` are, for the pod that wants it.
    ///
    /// @throws VolumeException when it cannot be mounted
    Path mounted(String podUid, Path device, Wanted wanted) throws IOException, InterruptedException {
        String name = wanted.name();
        ReentrantLock turn = turn(name);
        turn.lockInterruptibly();
        try {
            Files.createDirectories(
                    root.resolve("pods").resolve(podUid).resolve(MARKS).resolve(name));
            Path at = all().resolve(name);
            if (mounts.under(at).isEmpty()) {
                Files.createDirectories(at);
                mount(device, at, wanted);
            }
            return at;
        } finally {
            turn.unlock();
        }
    }

    /// Takes away what no pod uses any more.
    void release() throws IOException, InterruptedException {
        var names = new ArrayList<String>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(all())) {
            entries.forEach(entry -> names.add(entry.getFileName().toString()));
        } catch (NoSuchFileException none) {
            return;
        }
        for (String name : names) {
            ReentrantLock turn = turn(name);
            turn.lockInterruptibly();
            try {
                if (!isUsed(name)) {
                    mounts.detach(all().resolve(name));
                    Files.deleteIfExists(all().resolve(name));
                }
            } finally {
                turn.unlock();
            }
        }
    }

    private ReentrantLock turn(String name) {
        return turns.computeIfAbsent(name, fresh -> new ReentrantLock());
    }

    private Path all() {
        return root.resolve("plugins")
                .resolve("kubernetes.io")
                .resolve("local-volume")
                .resolve("mounts");
    }

    private boolean isUsed(String name) throws IOException {
        try (DirectoryStream<Path> pods = Files.newDirectoryStream(root.resolve("pods"))) {
            for (Path pod : pods) {
                if (Files.exists(pod.resolve(MARKS).resolve(name))) {
                    return true;
                }
            }
        } catch (NoSuchFileException none) {
            return false;
        }
        return false;
    }

    private void mount(Path device, Path at, Wanted wanted) throws IOException, InterruptedException {
        PersistentVolumeSpec spec = wanted.persistent().orElseThrow().getSpec();
        String type = Objects.requireNonNullElse(spec.getLocal().getFsType(), USUAL_TYPE);
        try {
            format(device, at, type.isEmpty() ? USUAL_TYPE : type, wanted.readOnly(), options(wanted, spec));
        } catch (IOException | VolumeException failed) {
            Files.deleteIfExists(at);
            throw VolumeException.during(
                    MOUNT_DEVICE,
                    "local: failed to mount device %s at %s (fstype: %s), error %s"
                            .formatted(device, at, type, failed.getMessage()));
        }
    }

    private static List<String> options(Wanted wanted, PersistentVolumeSpec spec) {
        var options = new ArrayList<String>();
        if (wanted.readOnly()) {
            options.add("ro");
        }
        options.addAll(Objects.requireNonNullElse(spec.getMountOptions(), List.of()));
        options.add("defaults");
        return options;
    }

    private void format(Path device, Path at, String type, boolean isReadOnly, List<String> options)
            throws IOException, InterruptedException {
        Optional<String> found = found(device);
        if (found.isEmpty()) {
            if (isReadOnly) {
                throw new VolumeException("cannot mount unformatted disk %s as we are manipulating it in read-only mode"
                        .formatted(device));
            }
            make(device, at, type, options);
        } else if (!isReadOnly) {
            check(device);
        }
        var line = List.of("-t", type, "-o", String.join(",", options), device.toString(), at.toString());
        Result result = run("mount", line);
        if (result.exitCode() != 0) {
            String why = "mount failed: exit status %d\nMounting command: mount\nMounting arguments: %s\nOutput: %s\n"
                    .formatted(result.exitCode(), String.join(" ", line), said(result));
            boolean isOther = found.isPresent() && !found.get().equals(type);
            throw new VolumeException(
                    isOther
                            ? "failed to mount the volume as \"%s\", it already contains %s. Mount error: %s"
                                    .formatted(type, found.get(), why)
                            : why);
        }
    }

    /// What is on the device; partitions count as something that is not known.
    private Optional<String> found(Path device) throws InterruptedException {
        Result result = run("blkid", List.of("-p", "-s", "TYPE", "-s", "PTTYPE", "-o", "export", device.toString()));
        if (result.exitCode() == NOTHING_FOUND) {
            return Optional.empty();
        }
        if (result.exitCode() != 0) {
            throw new VolumeException(
                    "failed to get disk format of disk %s: exit status %d".formatted(device, result.exitCode()));
        }
        String type = value(result, "TYPE=");
        String partitions = value(result, "PTTYPE=");
        if (!partitions.isEmpty()) {
            return Optional.of("unknown data, probably partitions");
        }
        return type.isEmpty() ? Optional.empty() : Optional.of(type);
    }

    private static String value(Result result, String key) {
        return result.out()
                .lines()
                .filter(line -> line.startsWith(key))
                .findFirst()
                .map(line -> line.substring(key.length()))
                .orElse("");
    }

    private void make(Path device, Path at, String type, List<String> options) throws InterruptedException {
        List<String> line =
                switch (type) {
                    case "ext3", "ext4" -> List.of("-F", "-m0", device.toString());
                    case "xfs" -> List.of("-f", device.toString());
                    default -> List.of(device.toString());
                };
        log.info("nothing is on {}: it gets a file system ({})", device, type);
        Result result = run("mkfs." + type, line);
        if (result.exitCode() != 0) {
            throw new VolumeException(
                    "format of disk \"%s\" failed: type:(\"%s\") target:(\"%s\") options:(\"%s\") errcode:(exit status %d) output:(%s) "
                            .formatted(device, type, at, String.join(",", options), result.exitCode(), said(result)));
        }
    }

    private void check(Path device) throws InterruptedException {
        Result result = run("fsck", List.of("-a", device.toString()));
        if (result.exitCode() == ERRORS_LEFT) {
            throw new VolumeException(
                    "'fsck' found errors on device %s but could not correct them: %s".formatted(device, said(result)));
        }
        if (result.exitCode() != 0) {
            log.info(
                    "fsck of {} ended with {}: {}",
                    device,
                    result.exitCode(),
                    said(result).strip());
        }
    }

    private Result run(String tool, List<String> arguments) throws InterruptedException {
        var line = new ArrayList<String>(List.of(tool));
        line.addAll(arguments);
        return commands.run(Command.of(line.toArray(String[]::new)).within(LIMIT));
    }

    private static String said(Result result) {
        return result.out() + result.err();
    }
}
