package dev.longshore.runtime.linux;

import dev.longshore.base.ClusterId;
import dev.longshore.base.Time;
import dev.longshore.linux.Cgroups;
import dev.longshore.linux.CommandFailedException;
import dev.longshore.linux.Commands;
import dev.longshore.linux.HostPaths;
import dev.longshore.linux.HostTools;
import dev.longshore.linux.MountNamespace;
import dev.longshore.linux.Mounts;
import dev.longshore.runtime.Containers;
import dev.longshore.runtime.HandlerFeatures;
import dev.longshore.runtime.Images;
import dev.longshore.runtime.NodeRuntime;
import dev.longshore.runtime.OneShot;
import dev.longshore.runtime.RootViews;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.SandboxNetwork;
import dev.longshore.runtime.Sandboxes;
import dev.longshore.runtime.Streams;
import dev.longshore.runtime.linux.ContainerFacts.Created;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The runtime of a real node. What it starts outlives it: a new instance on the same directory adopts
/// everything.
public final class LinuxRuntime implements NodeRuntime {

    private static final Logger log = LoggerFactory.getLogger(LinuxRuntime.class);

    private final Ports ports;
    private final HostPaths host;
    private final NodePaths paths;
    private final Commands commands;
    private final Cgroups cgroups;
    private final String monitors;
    private final MountNamespace namespace;
    private final OciRuntime oci;
    private final OciPulse pulse;
    private final NodeState state;
    private final MappedRoots mappedRoots;
    private final ContainerStarts starts;
    private final ContainerExits exits;
    private final LinuxContainers containers;
    private final LinuxSandboxes sandboxes;
    private final LinuxStreams streams;
    private final LinuxOneShot steps;
    private final Time time;
    private final Path bootId;
    private volatile String version = "unknown";

    /// Of one node; does nothing before [#start].
    public LinuxRuntime(Settings settings, Ports ports, Commands commands, RandomGenerator randomness, Time time) {
        this(settings, ports, commands, randomness, time, HostBoot.KERNEL, Patience.USUAL);
    }

    /// `bootId` is the file that names this run of the host's kernel.
    LinuxRuntime(
            Settings settings,
            Ports ports,
            Commands commands,
            RandomGenerator randomness,
            Time time,
            Path bootId,
            Patience patience) {
        this.bootId = bootId;
        this.ports = ports;
        this.commands = commands;
        this.time = time;
        this.host = new HostPaths(settings.cluster());
        this.paths = new NodePaths(settings.directory());
        this.cgroups = Cgroups.detect();
        this.monitors = host.cgroup() + "/monitors";
        this.namespace = new MountNamespace(host, settings.sharedDirectories(), commands);
        Path membership = cgroups.membership(monitors);
        this.oci = new OciRuntime(host, membership, namespace, settings.handlers(), commands, patience);
        this.pulse = new OciPulse(oci, time);
        this.state = new NodeState(paths, randomness);
        var namespaces = new SandboxNamespaces(host, membership, commands);
        this.mappedRoots = new MappedRoots(state, host, namespaces, new Mounts(commands));
        this.starts = new ContainerStarts(state, oci, mappedRoots, time);
        this.exits = new ContainerExits(state, cgroups, time, patience);
        var limits = HostLimits.current();
        var appArmor = new AppArmorProfiles(commands);
        this.containers = new LinuxContainers(
                state,
                host,
                namespaces,
                cgroups,
                ports.roots(),
                mappedRoots,
                oci,
                limits,
                appArmor,
                starts,
                exits,
                patience,
                time);
        this.sandboxes = new LinuxSandboxes(state, host, namespaces, cgroups, containers, oci, ports.network(), time);
        this.streams = new LinuxStreams(state, oci);
        this.steps = new LinuxOneShot(state, host, namespaces, cgroups, oci, limits, ports.network(), commands);
    }

    /// Makes what the cluster has once per host, adopts what runs, and begins to watch.
    ///
    /// @throws CommandFailedException when the host does not allow it
    public void start() throws InterruptedException {
        StateFile.createDirectories(paths.sandboxes(), paths.containers(), paths.exits(), paths.steps());
        namespace.ensure();
        mappedRoots.sweep();
        cgroups.create(host.cgroup());
        cgroups.createMembership(monitors);
        version = oci.version();
        new HostBoot(paths, bootId, time).recognise();
        state.loadSandboxes();
        for (String id : StateFile.names(paths.containers())) {
            adopt(id);
        }
        // After their containers, whose processes would keep the cgroup.
        for (String id : StateFile.names(paths.sandboxes())) {
            if (!state.sandboxes().containsKey(id)) {
                sandboxes.removeUnfinished(id);
            }
        }
        steps.removeRemains();
        exits.start();
        log.info(
                "{}: {} sandboxes and {} containers adopted",
                version,
                state.sandboxes().size(),
                state.containers().size());
    }

    private void adopt(String id) throws InterruptedException {
        Path directory = paths.container(id);
        Optional<Created> created = StateFile.read(directory.resolve("state.json"), Created.class)
                .filter(facts -> state.sandboxes().containsKey(facts.sandboxId()));
        if (created.isEmpty()) {
            List<String> holders = ImageMounts.holders(directory, id);
            oci.remove(directory, id);
            StateFile.delete(paths.exit(id));
            holders.forEach(ports.roots()::release);
            ports.roots().release(id);
            return;
        }
        Created facts = created.get();
        Path logs = state.sandbox(facts.sandboxId()).facts().spec().logDirectory();
        var container =
                new Container(facts, logs.resolve(facts.spec().logFile()).toAbsolutePath());
        // First, since what is half started is finished by the runtime that began it.
        oci.programs().use(id, state.sandbox(facts.sandboxId()).facts().spec().runtimeHandler());
        starts.recall(id).ifPresent(container::started);
        exits.recall(container);
        state.containers().put(id, container);
    }

    @Override
    public String version() {
        return version;
    }

    @Override
    public Set<String> handlers() {
        return oci.programs().handlers();
    }

    @Override
    public HandlerFeatures features(String handler) {
        return oci.programs().features(handler);
    }

    @Override
    public Sandboxes sandboxes() {
        return sandboxes;
    }

    @Override
    public Containers containers() {
        return containers;
    }

    @Override
    public Images images() {
        return ports.images();
    }

    @Override
    public Streams streams() {
        return streams;
    }

    /// Looks into containers' root file systems.
    public RootViews rootViews() {
        return new LinuxRootViews(state, oci);
    }

    /// Runs build steps.
    public OneShot oneShot() {
        return steps;
    }

    @Override
    public Readiness readiness() {
        List<HostTools.Tool> missing = new HostTools(commands).missing();
        if (missing.isEmpty()) {
            pulse.require();
        }
        boolean stands = namespace.stands();
        String message = missing.isEmpty()
                ? stands ? "" : "the cluster's mount namespace is gone"
                : missing.stream()
                        .map(HostTools.Tool::program)
                        .collect(Collectors.joining(", ", "missing on this host: ", ""));
        boolean ready = missing.isEmpty() && stands;
        return new Readiness(ready, ready, message);
    }

    /// Ends and removes every container, sandbox, mount, cgroup and namespace of this cluster. Works without
    /// [#start], on what another process has left, and without state files. Idempotent.
    public void purge() throws InterruptedException {
        close();
        state.loadSandboxes();
        for (NodeState.Sandbox sandbox : state.sandboxes().values()) {
            detach(sandbox.facts());
        }
        new HostRemains(host, cgroups, namespace, commands, time).remove();
        for (String id : StateFile.names(paths.containers())) {
            ImageMounts.holders(paths.container(id), id).forEach(ports.roots()::release);
            ports.roots().release(id);
        }
        commands.run(Commands.Command.of(
                "rm",
                "-rf",
                "--one-file-system",
                paths.sandboxes().toString(),
                paths.containers().toString(),
                paths.exits().toString(),
                paths.steps().toString()));
        state.sandboxes().clear();
        state.containers().clear();
    }

    private void detach(SandboxFacts facts) throws InterruptedException {
        try {
            if (!facts.networkNamespace().isEmpty()) {
                ports.network().detach(facts.id(), Path.of(facts.networkNamespace()), facts.spec());
            }
        } catch (CommandFailedException | RuntimeFaultException failure) {
            log.warn("the network of sandbox {} could not be taken back: {}", facts.id(), failure.getMessage());
        }
    }

    @Override
    public void close() {
        exits.close();
    }

    /// Which node.
    ///
    /// @param directory where state and writable layers are
    /// @param sharedDirectories where mounts made on the host are to be seen in containers: volumes
    public record Settings(
            ClusterId cluster, Path directory, List<Path> sharedDirectories, Map<String, Path> handlers) {
        public Settings {
            handlers = Map.copyOf(handlers);
            directory = directory.toAbsolutePath();
            sharedDirectories =
                    sharedDirectories.stream().map(Path::toAbsolutePath).toList();
        }

        /// With the OCI runtimes that are found on the host.
        public Settings(ClusterId cluster, Path directory, List<Path> sharedDirectories) {
            this(cluster, directory, sharedDirectories, Map.of());
        }

        /// With further OCI runtimes, or others under the names of those that are found.
        public Settings with(Map<String, Path> others) {
            return new Settings(cluster, directory, sharedDirectories, others);
        }
    }

    /// What others do for it.
    ///
    /// @param roots the layers of images
    /// @param images handed on as [NodeRuntime#images]
    /// @param network wires sandboxes
    public record Ports(RootFilesystems roots, Images images, SandboxNetwork network) {

        /// Of a runtime that only runs build steps: it has no images.
        public static Ports ofSteps(SandboxNetwork network) {
            var none = new NoImages();
            return new Ports(none, none, network);
        }
    }
}
