package dev.longshore.runtime.linux;

import dev.longshore.linux.CommandFailedException;
import dev.longshore.linux.Held;
import dev.longshore.linux.PipedProcess;
import dev.longshore.runtime.ContainerSpec;
import dev.longshore.runtime.ContainerStatus;
import dev.longshore.runtime.HeldRoot;
import dev.longshore.runtime.RootView;
import dev.longshore.runtime.RootViews;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.RuntimeFaultException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Looks into containers through /proc: a running one by its first process, one that rests by a process that holds
/// a mount namespace with its layers in it.
final class LinuxRootViews implements RootViews {

    private static final String MOUNT = """
            directory=$1 layer=$2 lower=$3
            shift 3
            cd "$directory" || exit 1
            mount -t overlay overlay -o "lowerdir=$lower,upperdir=$layer/upper,workdir=$layer/work" rootfs || exit 1
            echo
            while read -r place; do
              [ "$place" != end ] || break
              [ "$place" = none ] || mount --no-canonicalize --bind "$1" "$place" || exit 1
              shift
              echo
            done
            exec cat >/dev/null
            """;

    private final NodeState state;
    private final OciRuntime oci;

    LinuxRootViews(NodeState state, OciRuntime oci) {
        this.state = state;
        this.oci = oci;
    }

    @Override
    public RootView running(String containerId) {
        ContainerStatus status = state.container(containerId).status();
        if (status.pid().isEmpty()) {
            throw notRunning(containerId, null);
        }
        int pid = status.pid().getAsInt();
        try {
            HeldRoot root = HeldRoot.of(Path.of("/proc/" + pid + "/root"), () -> {});
            if (!isOf(pid, containerId)) {
                root.close();
                throw notRunning(containerId, null);
            }
            return root;
        } catch (IOException ended) {
            throw notRunning(containerId, ended);
        }
    }

    /// Asked after its root was opened: a process that has got the number of one that ended is in another cgroup.
    private static boolean isOf(int pid, String containerId) throws IOException {
        return Files.readString(Path.of("/proc/" + pid + "/cgroup")).contains(containerId);
    }

    private static RuntimeFaultException notRunning(String containerId, Throwable cause) {
        return new RuntimeFaultException(Kind.FAILED, "container " + containerId + " is not running", cause);
    }

    @Override
    public RootView resting(List<Path> lowerDirectories, Path writableLayer, List<ContainerSpec.Mount> mounts)
            throws InterruptedException {
        Path directory = state.paths().steps().resolve(state.newId());
        List<ContainerSpec.Mount> binds =
                mounts.stream().filter(mount -> mount.hostPath().isPresent()).toList();
        PipedProcess holder = null;
        HeldRoot root = null;
        boolean done = false;
        try {
            StateFile.createDirectories(directory.resolve("rootfs"));
            int layers = OciRuntime.linkLayers(directory, lowerDirectories);
            var arguments = new ArrayList<>(List.of(
                    directory.toAbsolutePath().toString(),
                    writableLayer.toAbsolutePath().toString(),
                    OciRuntime.lowerOption(layers)));
            binds.forEach(mount -> arguments.add(mount.hostPath().get().toString()));
            holder = PipedProcess.start(oci.privateShellLine(MOUNT, arguments));
            awaitStep(holder);
            PipedProcess held = holder;
            root = HeldRoot.of(
                    Path.of("/proc/" + holder.pid() + "/root" + directory.toAbsolutePath() + "/rootfs"),
                    () -> close(held, directory));
            for (ContainerSpec.Mount mount : binds) {
                bind(holder, root, mount.containerPath());
            }
            say(holder, "end");
            done = true;
            return root;
        } catch (IOException | CommandFailedException failed) {
            throw new RuntimeFaultException(
                    Kind.FAILED, "the container's file system cannot be mounted: " + failed.getMessage(), failed);
        } finally {
            if (!done && root != null) {
                root.close();
            } else if (!done) {
                if (holder != null) {
                    holder.close();
                }
                oci.discard(directory);
            }
        }
    }

    /// The next mount goes where `path` leads within the root: the layers are hostile, and links in them may point
    /// anywhere.
    private static void bind(PipedProcess holder, HeldRoot root, String path) throws IOException {
        try (Held place = root.entry(path)) {
            say(holder, place.pathForOthers().toString());
            awaitStep(holder);
        } catch (NoSuchFileException nothingToMountUpon) {
            say(holder, "none");
            awaitStep(holder);
        }
    }

    private static void say(PipedProcess holder, String line) throws IOException {
        holder.input().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        holder.input().flush();
    }

    private static void awaitStep(PipedProcess holder) throws IOException {
        if (holder.output().read() < 0) {
            throw new IOException("a mount failed");
        }
    }

    private void close(PipedProcess holder, Path directory) {
        holder.close();
        try {
            oci.discard(directory);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
