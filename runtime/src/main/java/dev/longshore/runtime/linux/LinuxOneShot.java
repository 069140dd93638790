package dev.longshore.runtime.linux;

import dev.longshore.linux.Cgroups;
import dev.longshore.linux.CommandFailedException;
import dev.longshore.linux.Commands;
import dev.longshore.linux.HostPaths;
import dev.longshore.linux.PipedProcess;
import dev.longshore.runtime.ContainerOptions;
import dev.longshore.runtime.ContainerResources;
import dev.longshore.runtime.ContainerSecurity;
import dev.longshore.runtime.OneShot;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.RuntimeFaultException.Kind;
import dev.longshore.runtime.SandboxNetwork;
import dev.longshore.runtime.SandboxSpec;
import dev.longshore.runtime.StepSandbox;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Runs build steps: an OCI runtime in the foreground, with no monitor, for a step does not outlive its
/// builder.
final class LinuxOneShot implements OneShot {

    /// Where below the cgroup of all steps its own is.
    private static final String GROUP = "group";

    private static final int SHORT = 12;
    private static final Duration DYING_LIMIT = Duration.ofSeconds(30);

    private static final String RUN = """
            directory=$1 id=$2 lower=$3 runtime=$4 root=$5
            shift 5
            cd "$directory" || exit 1
            mount -t overlay overlay -o "lowerdir=$lower,upperdir=upper,workdir=work" rootfs || exit 1
            for tree; do
              mount -t overlay overlay -o "$(cat "$tree/options")" "$tree/seen" || exit 1
            done
            "$runtime" --root="$root" --log="$directory/log" run -b "$directory" "$id"
            code=$?
            "$runtime" --root="$root" delete -f "$id" 2>/dev/null
            umount rootfs 2>/dev/null || umount -l rootfs
            for tree; do
              umount "$tree/seen" 2>/dev/null || umount -l "$tree/seen"
            done
            exit $code
            """;

    private static final String UNMOUNT_TREES = """
            for seen in "$1"/tree*/seen; do
              umount -l "$seen" 2>/dev/null
            done
            true
            """;

    private static final ContainerSecurity INSECURE = new ContainerSecurity(
            Optional.empty(), Optional.empty(), List.of(), true, false, true, List.of(), List.of(), "Unconfined", true);

    private final NodeState state;
    private final HostPaths host;
    private final SandboxNamespaces namespaces;
    private final Cgroups cgroups;
    private final OciRuntime oci;
    private final OciConfig configs;
    private final HostLimits limits;
    private final SandboxNetwork network;
    private final Commands commands;

    LinuxOneShot(
            NodeState state,
            HostPaths host,
            SandboxNamespaces namespaces,
            Cgroups cgroups,
            OciRuntime oci,
            HostLimits limits,
            SandboxNetwork network,
            Commands commands) {
        this.state = state;
        this.host = host;
        this.namespaces = namespaces;
        this.cgroups = cgroups;
        this.oci = oci;
        this.configs = new OciConfig(limits);
        this.limits = limits;
        this.network = network;
        this.commands = commands;
    }

    @Override
    public int run(Step step, OutputStream stdout, OutputStream stderr) throws InterruptedException {
        String id = state.newId();
        Path directory = state.paths().steps().resolve(id);
        SandboxSpec sandbox = sandbox(id, step.sandbox(), directory);
        var stubs = MountStubs.before(step);
        var mounts = new StepMounts(directory, secrets(id));
        try {
            namespaces.create(id, sandbox);
            List<String> addresses = step.sandbox().network() == StepSandbox.Network.OWN
                    ? network.attach(id, namespaces.network(id), sandbox)
                    : List.of();
            prepare(id, directory, step, sandbox, addresses, mounts);
            return converse(id, directory, step, mounts, stdout, stderr);
        } catch (CommandFailedException | IOException | UncheckedIOException failure) {
            throw new RuntimeFaultException(
                    Kind.CANNOT_START, "failed to run the step: " + failure.getMessage(), failure);
        } finally {
            cleanUp(id, directory, sandbox);
            stubs.remove();
        }
    }

    private void prepare(
            String id, Path directory, Step step, SandboxSpec sandbox, List<String> addresses, StepMounts mounts)
            throws IOException, InterruptedException {
        StateFile.createDirectories(directory.resolve("rootfs"));
        // The root of the overlay looks like its upper directory.
        Files.setPosixFilePermissions(step.upperDirectory(), PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.createSymbolicLink(
                directory.resolve("upper"), step.upperDirectory().toAbsolutePath());
        Files.createSymbolicLink(directory.resolve("work"), step.workDirectory().toAbsolutePath());
        Files.writeString(directory.resolve(GROUP), step.sandbox().limits().cgroupParent());
        OciRuntime.linkLayers(directory, step.lowerDirectories());
        var files = new SandboxFiles(directory);
        files.write(sandbox, addresses);
        addHosts(directory.resolve("hosts"), reachable(id, step.sandbox()));
        var visible = new ArrayList<>(List.of(step.upperDirectory()));
        visible.addAll(step.lowerDirectories());
        var facts =
                new SandboxFacts(id, sandbox, java.time.Instant.EPOCH, addresses, "", ContainerFacts.Started.NOBODY);
        var user = ProcessUser.of(step.user(), new LayeredRoot(visible));
        var env = new LinkedHashMap<String, String>();
        env.put("PATH", ContainerPlan.STANDARD_PATH);
        env.put("HOSTNAME", sandbox.hostname());
        env.putAll(step.env());
        env.putIfAbsent("HOME", user.home());
        ObjectNode config = configs.of(new Blueprint(
                step.arguments(),
                env,
                step.workingDirectory().isEmpty() ? "/" : step.workingDirectory(),
                user,
                step.sandbox().insecure() ? INSECURE : ContainerSecurity.DEFAULT,
                step.sandbox().limits().resources(),
                false,
                namespaces.forContainer(facts, cgroups.layout() == Cgroups.Layout.V2),
                LinuxSandboxes.cgroup(host, id, sandbox),
                Optional.empty(),
                files.mounts(false),
                Map.of(),
                ContainerOptions.NONE));
        mounts.addTo(config, step.mounts());
        StepLimits.addTo(config, step.sandbox().limits(), limits);
        new EditedConfig(config).apply(step.sandbox().devices());
        // It may hold secret variables.
        Path inMemory = mounts.inMemory().resolve("config.json");
        StateFile.write(inMemory, config);
        Files.createSymbolicLink(directory.resolve("config.json"), inMemory);
    }

    /// The lines with the address at which the step reaches the host.
    private List<StepSandbox.Host> reachable(String id, StepSandbox sandbox) throws InterruptedException {
        if (sandbox.hosts().stream().noneMatch(host -> host.address().equals(StepSandbox.Host.GATEWAY))) {
            return sandbox.hosts();
        }
        String gateway = sandbox.network() == StepSandbox.Network.OWN
                ? HostGateway.of(namespaces.network(id), commands)
                : HostGateway.LOOPBACK;
        return sandbox.hosts().stream()
                .map(host -> host.address().equals(StepSandbox.Host.GATEWAY)
                        ? new StepSandbox.Host(host.name(), gateway)
                        : host)
                .toList();
    }

    private static void addHosts(Path file, List<StepSandbox.Host> hosts) throws IOException {
        var text = new StringBuilder();
        hosts.forEach(host ->
                text.append(host.address()).append('\t').append(host.name()).append('\n'));
        Files.writeString(file, text, StandardOpenOption.APPEND);
    }

    // In memory: /run is a tmpfs.
    private Path secrets(String id) {
        return host.run().resolve("secrets").resolve(id);
    }

    private int converse(
            String id, Path directory, Step step, StepMounts mounts, OutputStream stdout, OutputStream stderr)
            throws InterruptedException, IOException {
        var arguments = new ArrayList<>(List.of(
                directory.toString(),
                id,
                OciRuntime.lowerOption(Math.max(1, step.lowerDirectories().size())),
                oci.programs().of(id).toString(),
                oci.programs().state(id).toString()));
        arguments.addAll(mounts.trees());
        List<String> line = oci.shellLine(RUN, arguments);
        try (var process = PipedProcess.start(line)) {
            process.pump(InputStream.nullInputStream(), stdout, stderr);
            try {
                int code = process.await();
                String refusal = code == 0 ? "" : refusal(directory);
                if (!refusal.isEmpty()) {
                    throw new RuntimeFaultException(Kind.CANNOT_START, refusal);
                }
                return code;
            } catch (InterruptedException cancelled) {
                oci.kill(id);
                process.await(DYING_LIMIT);
                throw cancelled;
            }
        }
    }

    private static String refusal(Path directory) throws IOException {
        try {
            return Files.readString(directory.resolve("log")).strip();
        } catch (NoSuchFileException silent) {
            return "";
        }
    }

    private void cleanUp(String id, Path directory, SandboxSpec sandbox) throws InterruptedException {
        boolean interrupted = Thread.interrupted();
        if (Files.exists(directory.resolve("tree0"))) {
            oci.shell(UNMOUNT_TREES, List.of(directory.toString()));
        }
        oci.remove(directory, id);
        StepMounts.forget(secrets(id));
        if (!sandbox.hostNetwork()) {
            network.detach(id, namespaces.network(id), sandbox);
        }
        namespaces.remove(id, sandbox, ContainerFacts.Started.NOBODY);
        String group = LinuxSandboxes.cgroup(host, id, sandbox);
        cgroups.kill(group);
        cgroups.remove(group);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// Takes away what a builder that was killed has left.
    void removeRemains() throws InterruptedException {
        for (String id : StateFile.names(state.paths().steps())) {
            Path directory = state.paths().steps().resolve(id);
            var remains = hostNetwork(directory) ? StepSandbox.USUAL.in(StepSandbox.Network.HOST) : StepSandbox.USUAL;
            cleanUp(id, directory, sandbox(id, remains.below(parent(directory)), directory));
        }
    }

    private static String parent(Path directory) {
        try {
            return Files.readString(directory.resolve(GROUP));
        } catch (IOException unwritten) {
            // It was killed before it had a cgroup.
            return "";
        }
    }

    private static boolean hostNetwork(Path directory) {
        return !Files.exists(directory.resolve("hosts"));
    }

    /// What is asked for is below the cluster's own cgroup: what is elsewhere would stay behind.
    private static String group(String parent) {
        Path inside = Path.of("/", parent).normalize();
        return "builds" + (inside.getNameCount() == 0 ? "" : inside) + "/";
    }

    private static SandboxSpec sandbox(String id, StepSandbox wanted, Path directory) {
        String name = id.substring(0, SHORT);
        return new SandboxSpec(
                "build-" + name,
                "longshore-build",
                id,
                0,
                wanted.hostname(),
                Map.of(),
                Map.of(),
                directory,
                new SandboxSpec.DnsConfig(List.of(), List.of(), List.of()),
                List.of(),
                group(wanted.limits().cgroupParent()) + id,
                ContainerResources.NONE,
                wanted.network() == StepSandbox.Network.HOST,
                false,
                false,
                false,
                Map.of());
    }
}
