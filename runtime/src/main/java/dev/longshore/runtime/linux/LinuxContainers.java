package dev.longshore.runtime.linux;

import dev.longshore.base.Time;
import dev.longshore.linux.Cgroups;
import dev.longshore.linux.CommandFailedException;
import dev.longshore.linux.HostPaths;
import dev.longshore.linux.Processes;
import dev.longshore.runtime.ContainerOptions;
import dev.longshore.runtime.ContainerResources;
import dev.longshore.runtime.ContainerSpec;
import dev.longshore.runtime.ContainerStats;
import dev.longshore.runtime.ContainerStatus;
import dev.longshore.runtime.ContainerUser;
import dev.longshore.runtime.Containers;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.RuntimeFaultException.Kind;
import dev.longshore.runtime.linux.ContainerFacts.Created;
import dev.longshore.runtime.linux.ContainerFacts.Exit;
import dev.longshore.runtime.linux.ContainerFacts.Started;
import dev.longshore.runtime.linux.NodeState.Sandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/// Containers under conmon. What must be known after a restart is in files; how containers end is told by
/// [ContainerExits].
final class LinuxContainers implements Containers {

    private static final Logger log = LoggerFactory.getLogger(LinuxContainers.class);
    private static final Duration REOPENING_LIMIT = Duration.ofSeconds(10);
    private static final Duration REOPENING_STEP = Duration.ofMillis(10);
    private static final int CANNOT_RUN = 128;
    private static final String USUAL_STOP_SIGNAL = "SIGTERM";

    private final NodeState state;
    private final HostPaths host;
    private final SandboxNamespaces namespaces;
    private final Cgroups cgroups;
    private final RootFilesystems roots;
    private final MappedRoots mappedRoots;
    private final ImageMounts images;
    private final OciRuntime oci;
    private final OciConfig configs;
    private final AppArmorProfiles appArmor;
    private final HostLimits hostLimits;
    private final ContainerStarts starts;
    private final ContainerExits exits;
    private final Patience patience;
    private final Time time;

    LinuxContainers(
            NodeState state,
            HostPaths host,
            SandboxNamespaces namespaces,
            Cgroups cgroups,
            RootFilesystems roots,
            MappedRoots mappedRoots,
            OciRuntime oci,
            HostLimits hostLimits,
            AppArmorProfiles appArmor,
            ContainerStarts starts,
            ContainerExits exits,
            Patience patience,
            Time time) {
        this.patience = patience;
        this.state = state;
        this.host = host;
        this.namespaces = namespaces;
        this.cgroups = cgroups;
        this.roots = roots;
        this.mappedRoots = mappedRoots;
        this.images = new ImageMounts(roots);
        this.oci = oci;
        this.configs = new OciConfig(hostLimits);
        this.hostLimits = hostLimits;
        this.appArmor = appArmor;
        this.starts = starts;
        this.exits = exits;
        this.time = time;
    }

    @Override
    public String create(String sandboxId, ContainerSpec spec) throws InterruptedException {
        Sandbox sandbox = state.sandbox(sandboxId);
        if (sandbox.isStopped()) {
            throw new RuntimeFaultException(Kind.FAILED, "the sandbox is not ready: " + sandboxId);
        }
        String id = state.newId();
        Path directory = state.paths().container(id);
        boolean done = false;
        try {
            var prepared = roots.prepare(spec.image(), id);
            var lowers = new ArrayList<>(spec.options().layers());
            lowers.addAll(prepared.lowerDirectories());
            int layers = bundle(directory, lowers, spec.options().writableLayer());
            SandboxFacts facts = sandbox.facts();
            ContainerSpec laid = spec.withMounts(images.lay(directory, id, spec.mounts()));
            String group = LinuxSandboxes.cgroup(host, sandboxId, facts.spec()) + "/" + id;
            var plan = new ContainerPlan(facts, laid, prepared)
                    .blueprint(
                            group,
                            joined(facts, spec),
                            new SandboxFiles(state.paths().sandbox(sandboxId)),
                            new SandboxFiles(state.paths()
                                    .sandbox(spec.options().namespaces().ipcOf().orElse(sandboxId))));
            ObjectNode config = AnnotatedDevices.into(appArmor.into(configs.of(plan), spec.security()), spec);
            mappedRoots.prepare(facts, id, directory, config);
            StateFile.write(directory.resolve("config.json"), config);
            String stopSignal = stopSignal(spec, prepared.config());
            boolean ownPid = !facts.spec().hostPid()
                    && !facts.spec().sharePid()
                    && spec.options().namespaces().pidOf().isEmpty();
            var created = new Created(id, sandboxId, spec, time.now(), group, stopSignal, ownPid, layers);
            Path logFile = logFile(facts, spec);
            StateFile.createDirectories(logFile.getParent());
            StateFile.write(directory.resolve("state.json"), created);
            oci.programs().use(id, facts.spec().runtimeHandler());
            state.containers().put(id, new Container(created, logFile));
            done = true;
            return id;
        } catch (CommandFailedException | IOException | UncheckedIOException failure) {
            throw new RuntimeFaultException(
                    Kind.CANNOT_START, "failed to create the container: " + failure.getMessage(), failure);
        } finally {
            if (!done) {
                discard(directory, id);
            }
        }
    }

    private Map<String, Optional<Path>> joined(SandboxFacts facts, ContainerSpec spec) {
        Map<String, Optional<Path>> all = namespaces.forContainer(facts, cgroups.layout() == Cgroups.Layout.V2);
        spec.options().namespaces().ipcOf().ifPresent(other -> {
            SandboxFacts theirs = state.sandbox(other).facts();
            all.put("ipc", namespaces.forContainer(theirs, false).getOrDefault("ipc", Optional.empty()));
        });
        spec.options().namespaces().pidOf().ifPresent(other -> all.put("pid", Optional.of(processesOf(other))));
        return all;
    }

    private Path processesOf(String other) {
        return Optional.ofNullable(state.containers().get(other))
                .filter(Container::processLives)
                .flatMap(Container::started)
                .map(how -> Path.of("/proc", Integer.toString(how.process().pid()), "ns", "pid"))
                .orElseThrow(
                        () -> new RuntimeFaultException(Kind.FAILED, "the target container does not run: " + other));
    }

    // An image may name a signal that this kernel does not have: that must not keep anything from being stopped.
    private static String stopSignal(ContainerSpec spec, RootFilesystems.ImageConfig image) {
        String wanted = spec.stopSignal().or(image::stopSignal).orElse(USUAL_STOP_SIGNAL);
        try {
            Processes.signalNumber(wanted);
            return wanted;
        } catch (IllegalArgumentException unknown) {
            log.warn("{}: containers are stopped by {} instead", unknown.getMessage(), USUAL_STOP_SIGNAL);
            return USUAL_STOP_SIGNAL;
        }
    }

    private static int bundle(Path directory, List<Path> layers, Optional<Path> writable) throws IOException {
        StateFile.createDirectories(directory, directory.resolve("rootfs"));
        for (String part : List.of("upper", "work")) {
            if (writable.isPresent()) {
                Path kept = writable.get().resolve(part).toAbsolutePath();
                StateFile.createDirectories(kept);
                Files.createSymbolicLink(directory.resolve(part), kept);
            } else {
                StateFile.createDirectories(directory.resolve(part));
            }
        }
        // The root of the overlay looks like its upper directory.
        if (writable.isEmpty()) {
            Files.setPosixFilePermissions(directory.resolve("upper"), PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return OciRuntime.linkLayers(directory, layers);
    }

    private static Path logFile(SandboxFacts sandbox, ContainerSpec spec) {
        return sandbox.spec().logDirectory().resolve(spec.logFile()).toAbsolutePath();
    }

    private void discard(Path directory, String id) throws InterruptedException {
        boolean interrupted = Thread.interrupted();
        List<String> holders = ImageMounts.holders(directory, id);
        oci.remove(directory, id);
        images.release(holders);
        roots.release(id);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void start(String containerId) {
        start(containerId, Optional.empty());
    }

    @Override
    public void start(String containerId, Runnable whenCreated) {
        start(containerId, Optional.of(whenCreated));
    }

    private void start(String containerId, Optional<Runnable> whenCreated) {
        Container container = state.container(containerId);
        if (container.started().isPresent()) {
            throw new RuntimeFaultException(Kind.CANNOT_START, "the container was started before: " + containerId);
        }
        Started how = starts.start(container, whenCreated);
        container.started(how);
        if (!how.failure().isEmpty()) {
            container.ended(new Exit(how.at(), CANNOT_RUN, "ContainerCannotRun", how.failure()));
            throw new RuntimeFaultException(Kind.CANNOT_START, how.failure());
        }
        exits.note(containerId);
    }

    @Override
    public void stop(String containerId, Duration grace) throws InterruptedException {
        Container container = state.containers().get(containerId);
        if (container == null || !container.isRunning()) {
            return;
        }
        if (!grace.isPositive()) {
            kill(container);
        } else {
            signal(containerId, container.created().stopSignal());
        }
        Time.Timer killer = time.schedule(grace, () -> kill(container));
        try {
            await(container, grace.plus(patience.dying()));
        } finally {
            killer.cancel();
        }
    }

    private static void await(Container container, Duration limit) throws InterruptedException {
        try {
            container.exit().get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            throw new RuntimeFaultException(Kind.TIMED_OUT, "container " + container.id() + " does not end", late);
        } catch (ExecutionException impossible) {
            throw new AssertionError("an exit never fails", impossible);
        }
    }

    private void kill(Container container) {
        container.started().ifPresent(how -> Processes.signal(how.process(), Processes.signalNumber("KILL")));
        if (!container.created().ownPid()) {
            cgroups.kill(container.created().cgroup());
        }
    }

    /// Kills all of a sandbox and waits for the end of each.
    void killAll(String sandboxId) throws InterruptedException {
        List<Container> running = state.containersOf(sandboxId).stream()
                .filter(Container::isRunning)
                .toList();
        running.forEach(this::kill);
        for (Container container : running) {
            await(container, patience.dying());
        }
    }

    @Override
    public void signal(String containerId, String signal) {
        Container container = state.container(containerId);
        int number = Processes.signalNumber(signal);
        container.started().ifPresent(how -> Processes.signal(how.process(), number));
    }

    @Override
    public void remove(String containerId) throws InterruptedException {
        Container container = state.containers().get(containerId);
        if (container == null) {
            return;
        }
        stop(containerId, Duration.ZERO);
        Path directory = state.paths().container(containerId);
        List<String> holders = ImageMounts.holders(directory, containerId);
        oci.remove(directory, containerId);
        StateFile.delete(state.paths().exit(containerId));
        images.release(holders);
        roots.release(containerId);
        state.containers().remove(containerId);
    }

    @Override
    public void update(String containerId, ContainerResources resources, ContainerOptions.Limits more) {
        Container container = state.container(containerId);
        try {
            cgroups.limit(
                    container.created().cgroup(),
                    limits(resources),
                    new Cgroups.More(
                            more.processors(),
                            more.memoryNodes(),
                            more.memoryReservation(),
                            more.memoryAndSwap(),
                            more.blockWeight()));
        } catch (UncheckedIOException refused) {
            throw new RuntimeFaultException(Kind.FAILED, refused.getMessage(), refused);
        }
        if (resources.oomScoreAdjust().isPresent() && container.processLives()) {
            long score = hostLimits.clampOomScore(resources.oomScoreAdjust().getAsLong());
            container.started().ifPresent(how -> writeScore(how.process().pid(), score));
        }
    }

    private static void writeScore(int pid, long score) {
        try {
            Files.writeString(Path.of("/proc", Integer.toString(pid), "oom_score_adj"), Long.toString(score));
        } catch (IOException gone) {
            log.debug("process {} took no OOM score: {}", pid, gone.getMessage());
        }
    }

    static Cgroups.Limits limits(ContainerResources resources) {
        return new Cgroups.Limits(
                resources.cpuShares(),
                resources.cpuQuotaMicros(),
                resources.cpuPeriodMicros(),
                resources.memoryLimitBytes(),
                resources.pidsLimit(),
                resources.hugePages(),
                resources.processors());
    }

    @Override
    public void reopenLog(String containerId) throws InterruptedException {
        Container container = state.running(containerId);
        try {
            new ConmonControl(state.paths().container(containerId)).reopenLog();
        } catch (IOException gone) {
            throw new RuntimeFaultException(
                    Kind.FAILED, "cannot reopen the log of container " + containerId + ": " + gone.getMessage(), gone);
        }
        // The order is taken by another process, and who gave it wants to find the file.
        long end = time.nanoTime() + REOPENING_LIMIT.toNanos();
        while (!Files.exists(container.logFile())) {
            if (time.nanoTime() > end) {
                throw new RuntimeFaultException(
                        Kind.TIMED_OUT, "container " + containerId + " does not go on in a new log");
            }
            time.sleep(REOPENING_STEP);
        }
    }

    @Override
    public List<ContainerStatus> list() {
        return state.containers().values().stream().map(Container::status).toList();
    }

    @Override
    public Optional<ContainerStatus> status(String containerId) {
        return Optional.ofNullable(state.containers().get(containerId)).map(Container::status);
    }

    @Override
    public Optional<ContainerUser> user(String containerId) {
        return Optional.ofNullable(state.containers().get(containerId))
                .flatMap(container -> OciConfig.userOf(state.paths().container(containerId)));
    }

    @Override
    public Optional<ContainerStats> stats(String containerId) {
        return Optional.ofNullable(state.containers().get(containerId))
                .filter(Container::isRunning)
                .flatMap(container ->
                        MeasuredGroup.stats(cgroups, container.created().cgroup(), time.now()));
    }

    @Override
    public Optional<Path> writableLayer(String containerId) {
        return Optional.ofNullable(state.containers().get(containerId))
                .map(container -> state.paths().container(container.id()).resolve("upper"));
    }

    @Override
    public void pause(String containerId) throws InterruptedException {
        oci.freeze(state.running(containerId).id(), true);
    }

    @Override
    public void resume(String containerId) throws InterruptedException {
        oci.freeze(state.running(containerId).id(), false);
    }

    @Override
    public String processTable(List<String> arguments) throws InterruptedException {
        try {
            return oci.processTable(arguments);
        } catch (CommandFailedException refused) {
            throw new RuntimeFaultException(Kind.FAILED, "ps: " + refused.getMessage(), refused);
        }
    }

    @Override
    public List<Integer> processes(String containerId) {
        return Optional.ofNullable(state.containers().get(containerId))
                .filter(Container::isRunning)
                .map(container -> cgroups.processes(container.created().cgroup()))
                .orElse(List.of());
    }

    @Override
    public AutoCloseable onExit(Consumer<ContainerStatus> listener) {
        return exits.news().subscribe(listener);
    }
}
