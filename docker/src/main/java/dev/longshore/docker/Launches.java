package dev.longshore.docker;

import dev.longshore.images.ImageFaultException;
import dev.longshore.images.LocalImages;
import dev.longshore.runtime.ContainerStatus;
import dev.longshore.runtime.NodeRuntime;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.SandboxStatus;
import dev.longshore.runtime.Streams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings a container to life and lays it to rest: sandbox, cables, ports, process. Called with the container's
/// lock held.
final class Launches {

    private static final Logger log = LoggerFactory.getLogger(Launches.class);

    private final LocalImages local;
    private final NodeRuntime runtime;
    private final Containers containers;
    private final Networks networks;

    Launches(LocalImages local, NodeRuntime runtime, Containers containers, Networks networks) {
        this.local = local;
        this.runtime = runtime;
        this.containers = containers;
        this.networks = networks;
    }

    /// What runs.
    record Launched(String runtimeId, String sandboxId, int pid) {}

    /// Starts it; those who wait for its streams have them before it begins.
    ///
    /// @throws RefusedException when it could not be started; nothing of it is left then
    Launched launch(EngineContainer container) throws InterruptedException {
        String sandboxId = "";
        boolean done = false;
        try {
            local.snapshots().prepare(Creation.holder(container.id()), container.image());
            ContainerSpecs specs = specs(container);
            sandboxId = sandbox(container, specs);
            etc(container);
            String runtimeId = runtime.containers().create(sandboxId, specs.process());
            runtime.containers().start(runtimeId, () -> join(container, runtimeId));
            int pid = runtime.containers()
                    .status(runtimeId)
                    .map(ContainerStatus::pid)
                    .filter(java.util.OptionalInt::isPresent)
                    .map(java.util.OptionalInt::getAsInt)
                    .orElse(0);
            done = true;
            return new Launched(runtimeId, sandboxId, pid);
        } catch (RuntimeFaultException refused) {
            throw refusal(container, refused);
        } catch (ImageFaultException | IOException broken) {
            throw new RefusedException(
                    new LaunchFailure(broken.getMessage(), 128), EngineException.failed(broken.getMessage(), broken));
        } catch (EngineException refused) {
            throw new RefusedException(new LaunchFailure(refused.getMessage(), 128), refused);
        } finally {
            if (!done) {
                boolean interrupted = Thread.interrupted();
                container.takeWaiting().forEach(waiting -> waiting.cancel(false));
                rest(container, sandboxId);
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    private static RefusedException refusal(EngineContainer container, RuntimeFaultException refused) {
        List<String> entrypoint = container.config().entrypoint();
        String program = entrypoint.isEmpty() ? container.config().command().getFirst() : entrypoint.getFirst();
        LaunchFailure failure = LaunchFailure.of(String.valueOf(refused.getMessage()), program);
        String words = failure.ofTask();
        return new RefusedException(
                failure,
                failure.isWrongRequest()
                        ? new EngineException(EngineException.Kind.INVALID, words, refused)
                        : EngineException.failed(words, refused));
    }

    /// A start that failed, with what the container's state will say of it.
    static final class RefusedException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient LaunchFailure failure;

        RefusedException(LaunchFailure failure, EngineException fault) {
            super(fault.getMessage(), fault);
            this.failure = failure;
        }

        LaunchFailure failure() {
            return failure;
        }

        EngineException fault() {
            return (EngineException) getCause();
        }
    }

    private ContainerSpecs specs(EngineContainer container) throws IOException {
        ContainerConfig config = container.config();
        Optional<Path> pidNamespace = config.pidOf().isEmpty()
                ? Optional.empty()
                : Optional.of(Path.of(
                        "/proc/" + running(config.pidOf(), "PID").state().pid() + "/ns/pid"));
        EngineContainer etcOf = config.networkOf().isEmpty() ? container : containers.get(config.networkOf());
        return new ContainerSpecs(
                container,
                new EtcFiles(etcOf.directory().resolve("etc")),
                pidNamespace,
                ipcOf(config),
                linkedVariables(container));
    }

    /// The sandbox whose shared memory it uses, if that is another container's.
    private Optional<String> ipcOf(ContainerConfig config) {
        if (config.ipcOf().isEmpty()) {
            return Optional.empty();
        }
        EngineContainer other = running(config.ipcOf(), "IPC");
        String mode = other.config().host().path("IpcMode").asString("");
        if (!mode.equals("shareable")) {
            throw EngineException.invalid("can't join IPC of container " + other.id()
                    + ": non-shareable IPC (hint: use IpcMode:shareable for the donor container)");
        }
        return Optional.of(other.state().sandboxId());
    }

    private EngineContainer running(String name, String what) {
        EngineContainer other = containers.get(name);
        if (!other.state().hasProcesses()) {
            throw EngineException.conflict(
                    what.equals("network")
                            ? "cannot join network namespace of a non running container: " + other.name()
                            : "cannot join " + what + " namespace of a non running container: " + other.id());
        }
        return other;
    }

    private String sandbox(EngineContainer container, ContainerSpecs specs) throws InterruptedException, IOException {
        String shared = container.config().networkOf();
        if (!shared.isEmpty()) {
            return running(shared, "network").state().sandboxId();
        }
        String hostname = container.config().hostname();
        if (hostname.isEmpty()) {
            hostname = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        }
        SandboxStatus sandbox = runtime.sandboxes().run(specs.sandbox(hostname));
        boolean done = false;
        try {
            if (!container.config().isOnHostNetwork()) {
                plug(container, Path.of(sandbox.networkNamespace()));
            }
            done = true;
            return sandbox.id();
        } finally {
            if (!done) {
                runtime.sandboxes().remove(sandbox.id());
            }
        }
    }

    private void plug(EngineContainer container, Path namespace) throws InterruptedException {
        Map<String, Endpoint> wanted = located(container);
        container.connect(wanted);
        WayOuts ways = WayOuts.of(wanted.values(), networks);
        int device = 0;
        for (Map.Entry<String, Endpoint> entry : wanted.entrySet()) {
            if (!networks.get(entry.getValue().networkId()).isBridge()) {
                continue;
            }
            Endpoint up = networks.seats()
                    .plug(
                            container,
                            namespace,
                            entry.getValue(),
                            "eth" + device++,
                            ways.by(entry.getValue().networkId()));
            var soFar = new LinkedHashMap<>(container.endpoints());
            soFar.put(entry.getKey(), up);
            container.connect(soFar);
        }
        if (device > 0) {
            try {
                container.published(networks.seats().publish(container));
            } catch (EngineException taken) {
                Endpoint first = container.endpoints().values().iterator().next();
                throw new EngineException(
                        taken.kind(),
                        "failed to set up container networking: driver failed programming external connectivity on "
                                + "endpoint " + container.name() + " ("
                                + first.line().endpointId() + "): "
                                + taken.getMessage(),
                        taken);
            }
        }
    }

    /// Its places on networks that are there, without cables.
    private Map<String, Endpoint> located(EngineContainer container) {
        var located = new LinkedHashMap<String, Endpoint>();
        container.endpoints().forEach((name, endpoint) -> {
            String wanted = endpoint.networkId().isEmpty() ? name : endpoint.networkId();
            EngineNet network = networks.find(wanted)
                    .orElseThrow(() -> EngineException.notFound(
                            "failed to set up container networking: network " + wanted + " not found"));
            Creation.check(network, endpoint.wish());
            located.put(network.name(), endpoint.on(network).down());
        });
        return located;
    }

    private static Map<String, Endpoint> down(Map<String, Endpoint> endpoints) {
        var all = new LinkedHashMap<String, Endpoint>();
        endpoints.forEach((name, endpoint) -> all.put(name, endpoint.down()));
        return all;
    }

    /// Writes the files in /etc; also after its networks have changed.
    void etc(EngineContainer container) throws IOException, InterruptedException {
        ContainerConfig config = container.config();
        if (!config.networkOf().isEmpty()) {
            return;
        }
        String gateway = config.hostList("ExtraHosts").stream().anyMatch(entry -> entry.endsWith("host-gateway"))
                ? networks.ready(networks.get("bridge")).pool().gateway()
                : "";
        List<String> addresses = container.endpoints().values().stream()
                .map(Endpoint::line)
                .flatMap(line -> Stream.of(line.address(), line.address6()))
                .filter(address -> !address.isEmpty())
                .toList();
        new EtcFiles(container.directory().resolve("etc"))
                .write(config, addresses, networks.nameServer(), gateway, linked(config));
    }

    /// On the usual network there are no names, so links are lines of /etc/hosts.
    private List<String> linked(ContainerConfig config) {
        var lines = new ArrayList<String>();
        for (Link link : links(config)) {
            EngineContainer other = containers.get(link.name());
            other.endpoints().values().stream()
                    .map(Endpoint::address)
                    .filter(address -> !address.isEmpty())
                    .findFirst()
                    .ifPresent(address ->
                            lines.add(address + "\t" + link.alias() + " " + other.shortId() + " " + other.name()));
        }
        return lines;
    }

    private static List<Link> links(ContainerConfig config) {
        return config.hostList("Links").stream().map(Link::parse).toList();
    }

    /// The variables by which a container of the usual network finds those that it is linked to.
    private Map<String, String> linkedVariables(EngineContainer container) {
        var all = new LinkedHashMap<String, String>();
        for (Link link : links(container.config())) {
            EngineContainer other = running(link.name(), container);
            all.putAll(LinkVariables.of(link.alias(), container, other));
        }
        return all;
    }

    private EngineContainer running(String name, EngineContainer child) {
        EngineContainer other = containers.get(name);
        if (!other.state().hasProcesses()) {
            throw EngineException.conflict(
                    "Cannot link to a non running container: /" + other.name() + " AS /" + child.name() + "/" + name);
        }
        return other;
    }

    private void join(EngineContainer container, String runtimeId) {
        for (CompletableFuture<Streams.Attachment> waiting : container.takeWaiting()) {
            try {
                Streams.Attachment attachment = runtime.streams().join(runtimeId);
                if (!waiting.complete(attachment)) {
                    attachment.close();
                }
            } catch (RuntimeFaultException gone) {
                waiting.completeExceptionally(gone);
            }
        }
    }

    /// Takes away all but the container's own files: its process has ended. Idempotent.
    void rest(EngineContainer container, String sandboxId) throws InterruptedException {
        for (ContainerStatus status : runtime.containers().list()) {
            if (container.id().equals(status.spec().labels().get(ContainerSpecs.OWNER))) {
                runtime.containers().remove(status.id());
            }
        }
        for (Endpoint endpoint : container.endpoints().values()) {
            if (endpoint.isUp()) {
                networks.seats().unplug(container, endpoint);
            }
        }
        networks.seats().unpublish(container);
        container.published(List.of());
        container.connect(down(container.endpoints()));
        removeSandboxes(container, sandboxId);
    }

    // Others may have joined it: then it stays, without a cable, until the last of them has ended.
    private void removeSandboxes(EngineContainer container, String sandboxId) throws InterruptedException {
        for (SandboxStatus sandbox : runtime.sandboxes().list()) {
            boolean isMine = container.id().equals(sandbox.spec().labels().get(ContainerSpecs.OWNER))
                    || sandbox.id().equals(sandboxId);
            boolean isUsed = runtime.containers().list().stream()
                    .anyMatch(status -> status.sandboxId().equals(sandbox.id()));
            if (isMine && !isUsed) {
                try {
                    runtime.sandboxes().remove(sandbox.id());
                } catch (RuntimeFaultException stuck) {
                    log.warn("the sandbox of container {} stays: {}", container.name(), stuck.getMessage());
                }
            }
        }
    }
}
