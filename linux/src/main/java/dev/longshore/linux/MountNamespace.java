package dev.longshore.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The cluster's own mount namespace, pinned by a file so that it outlives every process. Root file systems are
/// mounted in it and never show on the host; the cgroup2 mount of a hybrid host is taken out of it, for crun
/// refuses hybrid hosts. Mounts made on the host show in it; those made in it, by containers that may, show on the
/// host in shared directories only.
///
/// ```
/// host                          the cluster's namespace
///   /run/longshore-ID            (private)  mnt: the pin
///   /run/longshore-ID/ns         (shared) ──► pins of ipc, uts, pid namespaces
///   /run/netns                   (shared) ──► pins of network namespaces
///   shared directories           (shared) ◄─► volumes
///                                overlays of containers
/// ```
public final class MountNamespace {

    // A mount that has become a slave can never be a peer again: so each but the shared ones is made one by itself.
    private static final String SEPARATE = """
            while read -r id parent device root point rest; do
              point=$(printf '%b' "$point")
              case "$rest" in *shared:*) ;; *) continue ;; esac
              for directory in "$@"; do
                case "$point/" in "$directory"/*) continue 2 ;; esac
              done
              # What somebody else has unmounted meanwhile is gone here, too.
              mount --make-slave "$point" || ! mountpoint -q "$point" || exit 1
            done < /proc/self/mountinfo
            if mountpoint -q /sys/fs/cgroup/unified; then umount /sys/fs/cgroup/unified; fi
            """;

    private final HostPaths paths;
    private final List<Path> sharedDirectories;
    private final Commands commands;
    private final Mounts mounts;

    /// Of the cluster of `paths`; mounts made in `sharedDirectories` are to be seen in it.
    public MountNamespace(HostPaths paths, List<Path> sharedDirectories, Commands commands) {
        this.paths = paths;
        this.sharedDirectories = List.copyOf(sharedDirectories);
        this.commands = commands;
        this.mounts = new Mounts(commands);
    }

    /// Makes it unless it stands.
    public void ensure() throws InterruptedException {
        if (stands()) {
            return;
        }
        for (Path directory : sharedDirectories) {
            create(directory);
            mounts.bindOnItself(directory, "shared");
        }
        create(paths.run());
        create(paths.networkNamespaces());
        mounts.bindOnItself(paths.networkNamespaces(), "shared");
        mounts.bindOnItself(paths.run(), "private");
        create(paths.pins());
        mounts.bindOnItself(paths.pins(), "shared");
        touch(paths.mountNamespace());
        var line = new ArrayList<>(List.of(
                "unshare",
                "--mount=" + paths.mountNamespace(),
                "--propagation",
                "unchanged",
                "sh",
                "-c",
                SEPARATE,
                "sh"));
        sharedDirectories.forEach(directory -> line.add(directory.toString()));
        commands.require(line.toArray(String[]::new));
    }

    /// Whether it is there.
    public boolean stands() {
        return mounts.at(paths.mountNamespace()).isPresent();
    }

    /// The command line that runs `arguments` in it, in the root directory.
    public List<String> enter(List<String> arguments) {
        var line = new ArrayList<>(List.of("nsenter", "--mount=" + paths.mountNamespace(), "--"));
        line.addAll(arguments);
        return line;
    }

    /// Lets go of it and of all pins beside it; what is mounted in it goes when its last process has ended.
    public void remove() throws InterruptedException {
        mounts.unmountTree(paths.run());
        for (Path directory : sharedDirectories) {
            mounts.unmountTree(directory);
        }
    }

    private static void create(Path directory) {
        try {
            Files.createDirectories(directory);
        } catch (IOException denied) {
            throw new UncheckedIOException(denied);
        }
    }

    private static void touch(Path file) {
        try {
            if (!Files.exists(file)) {
                Files.createFile(file);
            }
        } catch (IOException denied) {
            throw new UncheckedIOException(denied);
        }
    }
}
