package dev.longshore.runtime.cri;

import dev.longshore.runtime.ContainerOptions;
import dev.longshore.runtime.ContainerResources;
import dev.longshore.runtime.ContainerSpec;
import dev.longshore.runtime.ContainerStats;
import dev.longshore.runtime.ContainerStatus;
import dev.longshore.runtime.Containers;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.RuntimeFaultException.Kind;
import dev.longshore.runtime.cri.proto.Container;
import dev.longshore.runtime.cri.proto.ContainerFilter;
import dev.longshore.runtime.cri.proto.ContainerStatsRequest;
import dev.longshore.runtime.cri.proto.ContainerStatusRequest;
import dev.longshore.runtime.cri.proto.CreateContainerRequest;
import dev.longshore.runtime.cri.proto.ListContainersRequest;
import dev.longshore.runtime.cri.proto.PodSandboxConfig;
import dev.longshore.runtime.cri.proto.RemoveContainerRequest;
import dev.longshore.runtime.cri.proto.StartContainerRequest;
import dev.longshore.runtime.cri.proto.StopContainerRequest;
import dev.longshore.runtime.cri.proto.UpdateContainerResourcesRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;

/// Containers of a runtime behind a socket: those of this cluster only, by a label.
final class CriContainers implements Containers {

    private final CriConnection cri;
    private final CriSpecs specs;
    private final CriStatuses statuses;
    private final CriSandboxes sandboxes;
    private final Map<String, String> marks;
    private final CriExits exits;
    // A status does not say whose it is; a list does.
    private final Map<String, String> owners = new ConcurrentHashMap<>();

    CriContainers(
            CriConnection cri,
            CriSpecs specs,
            CriStatuses statuses,
            CriSandboxes sandboxes,
            Map<String, String> marks,
            Function<CriContainers, CriExits> exits) {
        this.cri = cri;
        this.specs = specs;
        this.statuses = statuses;
        this.sandboxes = sandboxes;
        this.marks = Map.copyOf(marks);
        this.exits = exits.apply(this);
    }

    CriExits exits() {
        return exits;
    }

    @Override
    public String create(String sandboxId, ContainerSpec spec) throws InterruptedException {
        if (!spec.options().equals(ContainerOptions.NONE)) {
            throw new RuntimeFaultException(Kind.FAILED, "a runtime behind CRI knows no options of the Docker engine");
        }
        PodSandboxConfig sandbox = sandboxes.config(sandboxId);
        var owner = sandboxes.status(sandboxId).orElseThrow().spec();
        String id = cri.call(
                        CriMethods.CREATE_CONTAINER,
                        CreateContainerRequest.newBuilder()
                                .setPodSandboxId(sandboxId)
                                .setConfig(specs.of(spec, owner).toBuilder().putAllLabels(marks))
                                .setSandboxConfig(allowing(sandbox, spec))
                                .build(),
                        CriConnection.LIMIT,
                        Kind.FAILED)
                .getContainerId();
        owners.put(id, sandboxId);
        return id;
    }

    /// Runtimes make a privileged container only for a sandbox whose configuration, as it comes with the container, may
    /// have such.
    private static PodSandboxConfig allowing(PodSandboxConfig sandbox, ContainerSpec spec) {
        if (!spec.security().privileged()) {
            return sandbox;
        }
        var allowed = sandbox.toBuilder();
        allowed.getLinuxBuilder().getSecurityContextBuilder().setPrivileged(true);
        return allowed.build();
    }

    @Override
    public void start(String containerId, Runnable whenCreated) throws InterruptedException {
        whenCreated.run();
        cri.call(
                CriMethods.START_CONTAINER,
                StartContainerRequest.newBuilder().setContainerId(containerId).build(),
                CriConnection.LIMIT,
                Kind.CANNOT_START);
    }

    @Override
    public void stop(String containerId, Duration grace) throws InterruptedException {
        cri.callIfThere(
                CriMethods.STOP_CONTAINER,
                StopContainerRequest.newBuilder()
                        .setContainerId(containerId)
                        .setTimeout(grace.toSeconds())
                        .build(),
                CriConnection.LIMIT.plus(grace));
        exits.look();
    }

    @Override
    public void signal(String containerId, String signal) {
        throw missing("signals");
    }

    @Override
    public void remove(String containerId) throws InterruptedException {
        cri.callIfThere(
                CriMethods.REMOVE_CONTAINER,
                RemoveContainerRequest.newBuilder().setContainerId(containerId).build(),
                CriConnection.LIMIT);
        owners.remove(containerId);
    }

    @Override
    public void update(String containerId, ContainerResources resources, ContainerOptions.Limits more) {
        if (!more.equals(ContainerOptions.Limits.NONE)) {
            throw missing("such limits");
        }
        cri.ask(
                CriMethods.UPDATE_CONTAINER_RESOURCES,
                UpdateContainerResourcesRequest.newBuilder()
                        .setContainerId(containerId)
                        .setLinux(specs.of(resources))
                        .build());
    }

    @Override
    public void pause(String containerId) {
        throw missing("pauses");
    }

    @Override
    public void resume(String containerId) {
        throw missing("pauses");
    }

    @Override
    public List<Integer> processes(String containerId) {
        throw missing("lists of processes");
    }

    @Override
    public String processTable(List<String> arguments) {
        throw missing("lists of processes");
    }

    @Override
    public List<ContainerStatus> list() {
        return told().stream()
                .map(Container::getId)
                .map(this::status)
                .flatMap(Optional::stream)
                .toList();
    }

    /// What the runtime lists of this cluster's, without detail.
    List<Container> told() {
        List<Container> all = cri.ask(
                        CriMethods.LIST_CONTAINERS,
                        ListContainersRequest.newBuilder()
                                .setFilter(ContainerFilter.newBuilder().putAllLabelSelector(marks))
                                .build())
                .getContainersList();
        all.forEach(container -> owners.put(container.getId(), container.getPodSandboxId()));
        return all;
    }

    @Override
    public Optional<ContainerStatus> status(String containerId) {
        try {
            var told = cri.ask(
                    CriMethods.CONTAINER_STATUS,
                    ContainerStatusRequest.newBuilder()
                            .setContainerId(containerId)
                            .setVerbose(true)
                            .build());
            if (!owners.containsKey(containerId)) {
                told();
            }
            return Optional.of(statuses.of(told.getStatus(), owners.getOrDefault(containerId, ""), told.getInfoMap()));
        } catch (RuntimeFaultException fault) {
            if (fault.kind() == Kind.NOT_FOUND) {
                return Optional.empty();
            }
            throw fault;
        }
    }

    @Override
    public Optional<ContainerStats> stats(String containerId) {
        try {
            var told = cri.ask(
                            CriMethods.CONTAINER_STATS,
                            ContainerStatsRequest.newBuilder()
                                    .setContainerId(containerId)
                                    .build())
                    .getStats();
            if (!told.hasCpu()) {
                return Optional.empty();
            }
            long workingSet = told.getMemory().getWorkingSetBytes().getValue();
            return Optional.of(new ContainerStats(
                    CriStatuses.instant(told.getCpu().getTimestamp()),
                    told.getCpu().getUsageCoreNanoSeconds().getValue(),
                    // Runtimes before CRI's `usage_bytes` tell only the working set.
                    Math.max(told.getMemory().getUsageBytes().getValue(), workingSet),
                    workingSet,
                    0));
        } catch (RuntimeFaultException fault) {
            // One that has ended, or is not there: some runtimes refuse, others say nothing.
            if (status(containerId)
                    .filter(status -> status.state() == ContainerStatus.State.RUNNING)
                    .isEmpty()) {
                return Optional.empty();
            }
            throw fault;
        }
    }

    @Override
    public AutoCloseable onExit(Consumer<ContainerStatus> listener) {
        return exits.subscribe(listener);
    }

    private static RuntimeFaultException missing(String what) {
        return new RuntimeFaultException(Kind.FAILED, "a runtime behind CRI has no " + what);
    }
}
