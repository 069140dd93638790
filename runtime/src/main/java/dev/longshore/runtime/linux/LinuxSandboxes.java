package dev.longshore.runtime.linux;

import dev.longshore.base.Time;
import dev.longshore.linux.Cgroups;
import dev.longshore.linux.CommandFailedException;
import dev.longshore.linux.HostPaths;
import dev.longshore.linux.Processes;
import dev.longshore.runtime.ContainerResources;
import dev.longshore.runtime.ContainerStats;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.RuntimeFaultException.Kind;
import dev.longshore.runtime.SandboxNetwork;
import dev.longshore.runtime.SandboxSpec;
import dev.longshore.runtime.SandboxStatus;
import dev.longshore.runtime.Sandboxes;
import dev.longshore.runtime.linux.NodeState.Sandbox;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sandboxes out of pinned namespaces, a cgroup and a few files: no process of their own but where a pid
/// namespace is shared.
final class LinuxSandboxes implements Sandboxes {

    private static final Logger log = LoggerFactory.getLogger(LinuxSandboxes.class);

    private static final String HOLDER = "holder";

    private static final String REMOVE = """
            umount -l "$1/shm" 2>/dev/null
            rm -rf --one-file-system "$1"
            """;

    private final NodeState state;
    private final HostPaths host;
    private final SandboxNamespaces namespaces;
    private final Cgroups cgroups;
    private final LinuxContainers containers;
    private final OciRuntime oci;
    private final SandboxNetwork network;
    private final Time time;

    LinuxSandboxes(
            NodeState state,
            HostPaths host,
            SandboxNamespaces namespaces,
            Cgroups cgroups,
            LinuxContainers containers,
            OciRuntime oci,
            SandboxNetwork network,
            Time time) {
        this.state = state;
        this.host = host;
        this.namespaces = namespaces;
        this.cgroups = cgroups;
        this.containers = containers;
        this.oci = oci;
        this.network = network;
        this.time = time;
    }

    @Override
    public SandboxStatus run(SandboxSpec spec) throws InterruptedException {
        oci.programs().require(spec.runtimeHandler());
        String id = state.newId();
        String group = cgroup(host, id, spec);
        boolean done = false;
        Processes.Identity holder = ContainerFacts.Started.NOBODY;
        try {
            StateFile.createDirectories(state.paths().sandbox(id), spec.logDirectory());
            // Written first: what a killed process leaves half made is found again by it.
            StateFile.write(draft(id), new SandboxFacts(id, spec, time.now(), List.of(), "", holder));
            cgroups.create(group);
            cgroups.limit(group, LinuxContainers.limits(spec.resources()));
            namespaces.create(id, spec);
            holder = namespaces.hold(id, spec, state.paths().sandbox(id).resolve(HOLDER));
            Path pin = namespaces.network(id);
            List<String> addresses = spec.hostNetwork() ? List.of() : network.attach(id, pin, spec);
            var facts =
                    new SandboxFacts(id, spec, time.now(), addresses, spec.hostNetwork() ? "" : pin.toString(), holder);
            new SandboxFiles(state.paths().sandbox(id)).write(spec, addresses);
            StateFile.write(state.paths().sandbox(id).resolve("state.json"), facts);
            state.sandboxes().put(id, new Sandbox(facts, false, false));
            done = true;
            return status(facts, SandboxStatus.State.READY);
        } catch (CommandFailedException | UncheckedIOException failure) {
            throw new RuntimeFaultException(
                    Kind.FAILED, "failed to create the pod's sandbox: " + failure.getMessage(), failure);
        } finally {
            if (!done) {
                undo(id, spec, holder);
            }
        }
    }

    private Path draft(String id) {
        return state.paths().sandbox(id).resolve("draft.json");
    }

    /// Clears away what a process that was killed while it made or removed sandbox `id` has left.
    void removeUnfinished(String id) throws InterruptedException {
        Path directory = state.paths().sandbox(id);
        Optional<SandboxFacts> draft = StateFile.read(draft(id), SandboxFacts.class);
        if (draft.isEmpty()) {
            oci.shell(REMOVE, List.of(directory.toString()));
            return;
        }
        SandboxSpec spec = draft.get().spec();
        log.info("sandbox {} of pod {}/{} was left half made and is removed", id, spec.podNamespace(), spec.podName());
        try {
            if (!spec.hostNetwork()) {
                network.detach(id, namespaces.network(id), spec);
            }
        } catch (CommandFailedException | RuntimeFaultException failure) {
            log.warn("the network of sandbox {} could not be taken back: {}", id, failure.getMessage());
        }
        String group = cgroup(host, id, spec);
        cgroups.kill(group);
        undo(id, spec, ContainerStarts.identity(directory, HOLDER));
    }

    private void undo(String id, SandboxSpec spec, Processes.Identity holder) throws InterruptedException {
        boolean interrupted = Thread.interrupted();
        namespaces.remove(id, spec, holder);
        cgroups.remove(cgroup(host, id, spec));
        oci.shell(REMOVE, List.of(state.paths().sandbox(id).toString()));
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void stop(String sandboxId) throws InterruptedException {
        Sandbox sandbox = state.sandboxes().get(sandboxId);
        if (sandbox == null || sandbox.isStopped()) {
            return;
        }
        containers.killAll(sandboxId);
        SandboxFacts facts = sandbox.facts();
        if (!facts.spec().hostNetwork()) {
            network.detach(sandboxId, namespaces.network(sandboxId), facts.spec());
        }
        namespaces.remove(facts);
        StateFile.writeText(state.paths().sandbox(sandboxId).resolve("stopped"), "");
        sandbox.stopped();
    }

    @Override
    public void remove(String sandboxId) throws InterruptedException {
        Sandbox sandbox = state.sandboxes().get(sandboxId);
        if (sandbox == null) {
            return;
        }
        stop(sandboxId);
        for (Container container : state.containersOf(sandboxId)) {
            containers.remove(container.id());
        }
        String group = cgroup(host, sandboxId, sandbox.facts().spec());
        cgroups.kill(group);
        if (!cgroups.remove(group)) {
            log.warn("cgroup {} is still in use", group);
        }
        oci.shell(REMOVE, List.of(state.paths().sandbox(sandboxId).toString()));
        state.sandboxes().remove(sandboxId);
    }

    @Override
    public void update(String sandboxId, ContainerResources resources) {
        SandboxFacts facts = state.sandbox(sandboxId).facts();
        try {
            cgroups.limit(cgroup(host, sandboxId, facts.spec()), LinuxContainers.limits(resources));
        } catch (UncheckedIOException refused) {
            throw new RuntimeFaultException(Kind.FAILED, refused.getMessage(), refused);
        }
    }

    @Override
    public Optional<ContainerStats> stats(String sandboxId) {
        return Optional.ofNullable(state.sandboxes().get(sandboxId))
                .filter(sandbox -> !sandbox.isStopped())
                .flatMap(sandbox -> MeasuredGroup.stats(
                        cgroups, cgroup(host, sandboxId, sandbox.facts().spec()), time.now()));
    }

    @Override
    public List<SandboxStatus> list() {
        return state.sandboxes().values().stream().map(this::status).toList();
    }

    @Override
    public Optional<SandboxStatus> status(String sandboxId) {
        return Optional.ofNullable(state.sandboxes().get(sandboxId)).map(this::status);
    }

    /// The cgroup of a sandbox, relative to the hierarchies' roots.
    static String cgroup(HostPaths host, String id, SandboxSpec spec) {
        String parent = spec.cgroupParent().isEmpty() ? "pods/" + id : spec.cgroupParent();
        Path path = Path.of(host.cgroup(), parent).normalize();
        if (!path.startsWith(host.cgroup()) || path.getNameCount() < 2) {
            throw new RuntimeFaultException(Kind.FAILED, "not below the cluster's cgroup: " + parent);
        }
        return path.toString();
    }

    private SandboxStatus status(Sandbox sandbox) {
        boolean ready = !sandbox.isStopped() && !sandbox.isLost() && namespaces.stand(sandbox.facts());
        return status(sandbox.facts(), ready ? SandboxStatus.State.READY : SandboxStatus.State.NOT_READY);
    }

    private static SandboxStatus status(SandboxFacts facts, SandboxStatus.State state) {
        return new SandboxStatus(
                facts.id(), facts.spec(), state, facts.createdAt(), facts.addresses(), facts.networkNamespace());
    }
}
