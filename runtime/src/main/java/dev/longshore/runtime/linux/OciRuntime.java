package dev.longshore.runtime.linux;

import dev.longshore.linux.Commands;
import dev.longshore.linux.Commands.Command;
import dev.longshore.linux.Commands.Result;
import dev.longshore.linux.HostPaths;
import dev.longshore.linux.MountNamespace;
import dev.longshore.linux.Processes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Runs the OCI runtime (crun, or runc where there is no crun) under conmon, inside the cluster's mount
/// namespace. One shell per step does all that the step needs: a process costs more than what it does.
final class OciRuntime {

    // The shell goes on when this process is killed meanwhile, so that a container is never left half started: what
    // conmon answers goes to a file, not to a pipe that may break.
    private static final String START = """
            directory=$1 id=$2 lower=$3 shm=$4 monitors=$5 runtime=$6 root=$7 exits=$8 log=$9
            shift 9
            cd "$directory" || exit 1
            echo $$ > starting
            if [ -n "$shm" ] && ! mountpoint -q "$shm"; then
              mount -t tmpfs -o "nosuid,noexec,nodev,mode=1777,size=$LONGSHORE_SHARED" shm "$shm" || exit 1
            fi
            mkdir -p "$LONGSHORE_ROOT" || exit 1
            mount -t overlay overlay -o "lowerdir=$lower,upperdir=upper,workdir=work" "$LONGSHORE_ROOT" || exit 1
            for image in images/*/; do
              [ ! -f "${image}lower" ] || mount -t overlay overlay -o "ro,lowerdir=$(cat "${image}lower")" "${image}root" || exit 1
            done
            echo $$ > "$monitors"
            { _OCI_SYNCPIPE=3 conmon --api-version 1 -c "$id" -u "$id" -n "$id" -r "$runtime" \
              --runtime-arg=--root="$root" -b "$directory" -p "$directory/pid" -P "$directory/conmon.pid" \
              --exit-dir "$exits" --persist-dir "$directory" --full-attach -l "$log" "$@" \
              3>&1 >/dev/null 2>conmon.err; } | { read -r answer; printf '%s' "$answer" > sync; }
            [ -s pid ] && grep -q '"data": *[0-9]' sync || exit 100
            [ -n "$LONGSHORE_HELD" ] || "$runtime" --root="$root" start "$id"
            """;

    private static final String REMOVE = """
            directory=$1 id=$2 runtime=$3 root=$4 mapped=$5
            "$runtime" --root="$root" delete -f "$id" 2>/dev/null
            if [ -d "$mapped" ]; then
              umount -l "$mapped" 2>/dev/null
              rmdir "$mapped"
            fi
            umount "$directory/rootfs" 2>/dev/null || umount -l "$directory/rootfs" 2>/dev/null
            for image in "$directory"/images/*/root; do
              [ ! -d "$image" ] || umount "$image" 2>/dev/null || umount -l "$image" 2>/dev/null
            done
            rm -rf --one-file-system "$directory"
            """;

    private final OciPrograms programs;
    private final Path mappedRoots;
    private final Path monitors;
    private final MountNamespace namespace;
    private final Commands commands;
    private final Patience patience;

    /// @param monitors the file that takes conmon out of this process's own cgroup
    /// @param handlers further OCI runtimes by the names under which pods ask for them
    OciRuntime(
            HostPaths paths,
            Path monitors,
            MountNamespace namespace,
            Map<String, Path> handlers,
            Commands commands,
            Patience patience) {
        this.programs = new OciPrograms(paths.run().resolve("oci"), handlers, commands);
        this.mappedRoots = paths.mappedRoots();
        this.monitors = monitors;
        this.namespace = namespace;
        this.commands = commands;
        this.patience = patience;
    }

    /// `crun 1.8.1` and its like.
    String version() throws InterruptedException {
        String first = commands.require(
                        Command.of(programs.usual().toString(), "--version").within(patience.pulse()))
                .out()
                .lines()
                .findFirst()
                .orElse("unknown");
        return first.replace(" version ", " ");
    }

    /// Mounts the root file system of the bundle in `directory`, hands it to a conmon of its own, and starts
    /// it. Exit code 100 says that conmon or the OCI runtime refused; why is in the files `sync` and
    /// `conmon.err`.
    ///
    /// @param held whether its process is to wait for [#release]
    /// @param sharedMemory what gets a tmpfs if it has none yet
    /// @param log where conmon writes, in its own spelling
    Result start(
            Path directory,
            boolean held,
            String id,
            SharedMemory sharedMemory,
            RootMount rootMount,
            Path exits,
            String log,
            List<String> flags)
            throws InterruptedException {
        var arguments = new ArrayList<>(List.of(
                directory.toString(),
                id,
                rootMount.lower(),
                sharedMemory.directory(),
                monitors.toString(),
                programs.of(id).toString(),
                programs.state(id).toString(),
                exits.toString(),
                log));
        arguments.addAll(flags);
        var wishes = new HashMap<>(
                Map.of("LONGSHORE_SHARED", Long.toString(sharedMemory.bytes()), "LONGSHORE_ROOT", rootMount.at()));
        if (held) {
            wishes.put("LONGSHORE_HELD", "yes");
        }
        return commands.run(new Command(shellLine(START, arguments), wishes, new byte[0], patience.call()));
    }

    /// How the root file system is mounted.
    ///
    /// @param lower overlayfs' option, relative to the bundle
    /// @param at where, as the config has it
    record RootMount(String lower, String at) {
        static RootMount inBundle(int layers) {
            return new RootMount(lowerOption(layers), "rootfs");
        }
    }

    /// A tmpfs that containers share.
    ///
    /// @param directory where it is mounted; empty for none
    record SharedMemory(String directory, long bytes) {
        private static final long USUAL = 64L << 20;

        static SharedMemory at(String directory, OptionalLong bytes) {
            return new SharedMemory(directory, bytes.orElse(USUAL));
        }
    }

    /// Lets the process of a created container begin; harmless when it has begun.
    Result release(String id) throws InterruptedException {
        return commands.run(call(line(id, "start", id)));
    }

    /// Stops all processes of container `id` in their tracks, or lets them go on.
    void freeze(String id, boolean stops) throws InterruptedException {
        String verb = stops ? "pause" : "resume";
        commands.require(call(namespace.enter(line(id, verb, id))));
    }

    /// Ends container `id` and lets the OCI runtime forget it; the bundle stays. Idempotent.
    void kill(String id) throws InterruptedException {
        commands.run(call(line(id, "delete", "-f", id)));
    }

    /// Kills whatever still works on the start of container `id`: its monitor, and what that has called.
    void abandon(String id) {
        Processes.listed(monitors).stream()
                .filter(process -> Processes.commandLine(process).contains(id))
                .forEach(process -> Processes.signal(process, Processes.signalNumber("KILL")));
    }

    private Command call(List<String> line) {
        return Command.of(line.toArray(String[]::new)).within(patience.call());
    }

    /// Ends what still runs, unmounts and deletes. Idempotent.
    void remove(Path directory, String id) throws InterruptedException {
        shell(
                REMOVE,
                List.of(
                        directory.toString(),
                        id,
                        programs.of(id).toString(),
                        programs.state(id).toString(),
                        mappedRoots.resolve(id).toString()));
        programs.forget(id);
    }

    /// Deletes a directory in which nothing is mounted.
    void discard(Path directory) throws InterruptedException {
        boolean interrupted = Thread.interrupted();
        commands.run(Command.of("rm", "-rf", "--one-file-system", directory.toString()));
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// Runs a shell script inside the cluster's mount namespace.
    Result shell(String script, List<String> arguments) throws InterruptedException {
        return commands.run(new Command(shellLine(script, arguments), Map.of(), new byte[0], patience.call()));
    }

    /// The command line of such a shell.
    List<String> shellLine(String script, List<String> arguments) {
        var line = new ArrayList<>(List.of("sh", "-c", script, "sh"));
        line.addAll(arguments);
        return namespace.enter(line);
    }

    /// The command line of a shell whose mounts nobody else sees, and which go with it.
    List<String> privateShellLine(String script, List<String> arguments) {
        var line = new ArrayList<>(List.of("unshare", "--mount", "--propagation", "private", "--"));
        line.addAll(List.of("sh", "-c", script, "sh"));
        line.addAll(arguments);
        return namespace.enter(line);
    }

    /// What the host's `ps ARGUMENTS` prints.
    String processTable(List<String> arguments) throws InterruptedException {
        var line = new ArrayList<>(List.of("ps"));
        line.addAll(arguments);
        return commands.require(Command.of(line.toArray(String[]::new))).out();
    }

    /// `crun --root=… ARGUMENTS` about container `id`, which needs no namespace when it only looks at what runs.
    List<String> line(String id, String... arguments) {
        var line = new ArrayList<>(List.of(programs.of(id).toString(), "--root=" + programs.state(id)));
        line.addAll(List.of(arguments));
        return line;
    }

    Patience patience() {
        return patience;
    }

    OciPrograms programs() {
        return programs;
    }

    /// Links each of `layers` by a short name in the bundle, for all of them must fit into the page that
    /// mount(2) takes; an image without layers gets an empty one.
    static int linkLayers(Path directory, List<Path> layers) throws java.io.IOException {
        Path links = Files.createDirectories(directory.resolve("l"));
        if (layers.isEmpty()) {
            Files.createDirectories(links.resolve("0"));
            return 1;
        }
        for (int i = 0; i < layers.size(); i++) {
            Files.createSymbolicLink(
                    links.resolve(Integer.toString(i)), layers.get(i).toAbsolutePath());
        }
        return layers.size();
    }

    static String lowerOption(int layers) {
        return IntStream.range(0, layers).mapToObj(i -> "l/" + i).collect(Collectors.joining(":"));
    }
}
