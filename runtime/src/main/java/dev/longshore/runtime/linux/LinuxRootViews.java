package dev.longshore.runtime.linux;

import dev.longshore.linux.CommandFailedException;
import dev.longshore.linux.Held;
import dev.longshore.linux.InRoot;
import dev.longshore.linux.PipedProcess;
import dev.longshore.runtime.ContainerSpec;
import dev.longshore.runtime.ContainerStatus;
import dev.longshore.runtime.RootView;
import dev.longshore.runtime.RootViews;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.RuntimeFaultException.Kind;
import java.io.IOException;
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
            while [ $# -gt 1 ]; do
              [ ! -e "rootfs$2" ] || mount --bind "$1" "rootfs$2" || exit 1
              shift 2
            done
            echo
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
            throw new RuntimeFaultException(Kind.FAILED, "container " + containerId + " is not running");
        }
        return new Seen(new InRoot(Path.of("/proc/" + status.pid().getAsInt() + "/root")), () -> {});
    }

    @Override
    public RootView resting(List<Path> lowerDirectories, Path writableLayer, List<ContainerSpec.Mount> mounts)
            throws InterruptedException {
        Path directory = state.paths().steps().resolve(state.newId());
        PipedProcess holder = null;
        boolean done = false;
        try {
            StateFile.createDirectories(directory.resolve("rootfs"));
            int layers = OciRuntime.linkLayers(directory, lowerDirectories);
            var arguments = new ArrayList<>(List.of(
                    directory.toAbsolutePath().toString(),
                    writableLayer.toAbsolutePath().toString(),
                    OciRuntime.lowerOption(layers)));
            for (ContainerSpec.Mount mount : mounts) {
                mount.hostPath().ifPresent(source -> {
                    arguments.add(source.toString());
                    arguments.add(mount.containerPath());
                });
            }
            holder = PipedProcess.start(oci.privateShellLine(MOUNT, arguments));
            if (holder.output().read() < 0) {
                throw new RuntimeFaultException(Kind.FAILED, "the container's file system cannot be mounted");
            }
            var root = new InRoot(Path.of("/proc/" + holder.pid() + "/root" + directory.toAbsolutePath() + "/rootfs"));
            PipedProcess held = holder;
            done = true;
            return new Seen(root, () -> close(held, directory));
        } catch (IOException | CommandFailedException failed) {
            throw new RuntimeFaultException(
                    Kind.FAILED, "the container's file system cannot be mounted: " + failed.getMessage(), failed);
        } finally {
            if (!done) {
                if (holder != null) {
                    holder.close();
                }
                oci.discard(directory);
            }
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

    private record Seen(InRoot root, Runnable end) implements RootView {
        @Override
        public Place directory(String path) throws IOException {
            Held held = root.directory(path);
            return new Place() {
                @Override
                public Path path() {
                    return held.path();
                }

                @Override
                public void close() {
                    held.close();
                }
            };
        }

        @Override
        public void close() {
            end.run();
        }
    }
}
