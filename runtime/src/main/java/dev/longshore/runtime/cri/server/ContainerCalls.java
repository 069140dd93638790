package dev.longshore.runtime.cri.server;

import dev.longshore.http.grpc.GrpcException;
import dev.longshore.http.grpc.GrpcService;
import dev.longshore.runtime.ContainerSpec;
import dev.longshore.runtime.ContainerStatus;
import dev.longshore.runtime.NodeRuntime;
import dev.longshore.runtime.SandboxStatus;
import dev.longshore.runtime.cri.CriMethods;
import dev.longshore.runtime.cri.proto.CheckpointContainerRequest;
import dev.longshore.runtime.cri.proto.CheckpointContainerResponse;
import dev.longshore.runtime.cri.proto.ContainerFilter;
import dev.longshore.runtime.cri.proto.ContainerStatusRequest;
import dev.longshore.runtime.cri.proto.ContainerStatusResponse;
import dev.longshore.runtime.cri.proto.CreateContainerRequest;
import dev.longshore.runtime.cri.proto.CreateContainerResponse;
import dev.longshore.runtime.cri.proto.LinuxContainerResources;
import dev.longshore.runtime.cri.proto.ListContainersRequest;
import dev.longshore.runtime.cri.proto.ListContainersResponse;
import dev.longshore.runtime.cri.proto.RemoveContainerRequest;
import dev.longshore.runtime.cri.proto.RemoveContainerResponse;
import dev.longshore.runtime.cri.proto.ReopenContainerLogRequest;
import dev.longshore.runtime.cri.proto.ReopenContainerLogResponse;
import dev.longshore.runtime.cri.proto.StartContainerRequest;
import dev.longshore.runtime.cri.proto.StartContainerResponse;
import dev.longshore.runtime.cri.proto.StopContainerRequest;
import dev.longshore.runtime.cri.proto.StopContainerResponse;
import dev.longshore.runtime.cri.proto.UpdateContainerResourcesRequest;
import dev.longshore.runtime.cri.proto.UpdateContainerResourcesResponse;
import io.grpc.Status;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Containers over CRI.
final class ContainerCalls {

    private final NodeRuntime runtime;
    private final WantedContainer wanted;
    private final Told told;
    private final InTurn turns;
    private final Ids ids;
    private final Bell bell;
    // What updates have said since; the specification tells only the beginning.
    private final Map<String, LinuxContainerResources> updated = new ConcurrentHashMap<>();

    ContainerCalls(NodeRuntime runtime, WantedContainer wanted, Told told, InTurn turns, Ids ids, Bell bell) {
        this.runtime = runtime;
        this.wanted = wanted;
        this.told = told;
        this.turns = turns;
        this.ids = ids;
        this.bell = bell;
    }

    void offer(GrpcService service) {
        service.unary(CriMethods.CREATE_CONTAINER, Refusals.told(this::create))
                .unary(CriMethods.START_CONTAINER, Refusals.told(this::start))
                .unary(CriMethods.STOP_CONTAINER, Refusals.told(this::stop))
                .unary(CriMethods.REMOVE_CONTAINER, Refusals.told(this::remove))
                .unary(CriMethods.LIST_CONTAINERS, Refusals.told(this::list))
                .unary(CriMethods.CONTAINER_STATUS, Refusals.told(this::status))
                .unary(CriMethods.UPDATE_CONTAINER_RESOURCES, Refusals.told(this::update))
                .unary(CriMethods.REOPEN_CONTAINER_LOG, Refusals.told(this::reopenLog))
                .unary(CriMethods.CHECKPOINT_CONTAINER, Refusals.told(this::checkpoint));
    }

    private CreateContainerResponse create(CreateContainerRequest request) throws InterruptedException {
        SandboxStatus sandbox = ids.sandbox(request.getPodSandboxId());
        ContainerSpec spec = wanted.of(request.getConfig(), sandbox.spec());
        String name = "%s_%d".formatted(spec.name(), spec.attempt());
        String id = turns.with(sandbox.id(), sandboxId -> {
            runtime.containers().list().stream()
                    .filter(other -> other.sandboxId().equals(sandboxId))
                    .filter(other -> other.spec().name().equals(spec.name())
                            && other.spec().attempt() == spec.attempt())
                    .findFirst()
                    .ifPresent(other -> {
                        throw Refusals.invalid("container name \"%s\" is reserved for \"%s\" in sandbox \"%s\""
                                .formatted(name, other.id(), sandboxId));
                    });
            return runtime.containers().create(sandboxId, spec);
        });
        bell.ring();
        return CreateContainerResponse.newBuilder().setContainerId(id).build();
    }

    private StartContainerResponse start(StartContainerRequest request) throws InterruptedException {
        ContainerStatus container = ids.container(request.getContainerId());
        try {
            turns.with(container.sandboxId(), sandbox -> {
                runtime.containers().start(container.id());
                return sandbox;
            });
        } finally {
            bell.ring();
        }
        return StartContainerResponse.getDefaultInstance();
    }

    /// Not in turn: who has less patience may ask again while another waits.
    private StopContainerResponse stop(StopContainerRequest request) throws InterruptedException {
        runtime.containers()
                .stop(
                        ids.containerOrSame(request.getContainerId()),
                        Duration.ofSeconds(Math.max(0, request.getTimeout())));
        bell.ring();
        return StopContainerResponse.getDefaultInstance();
    }

    private RemoveContainerResponse remove(RemoveContainerRequest request) throws InterruptedException {
        String id = ids.containerOrSame(request.getContainerId());
        var container = runtime.containers().status(id);
        if (container.isPresent()) {
            turns.with(container.get().sandboxId(), sandbox -> {
                runtime.containers().remove(id);
                return sandbox;
            });
        }
        updated.remove(id);
        bell.ring();
        return RemoveContainerResponse.getDefaultInstance();
    }

    private ListContainersResponse list(ListContainersRequest request) {
        ContainerFilter filter = request.getFilter();
        return ListContainersResponse.newBuilder()
                .addAllContainers(runtime.containers().list().stream()
                        .filter(container -> container.id().startsWith(filter.getId())
                                && container.sandboxId().startsWith(filter.getPodSandboxId()))
                        .filter(container -> container
                                .spec()
                                .labels()
                                .entrySet()
                                .containsAll(filter.getLabelSelectorMap().entrySet()))
                        .map(told::listed)
                        .filter(container ->
                                !filter.hasState() || filter.getState().getState() == container.getState())
                        .toList())
                .build();
    }

    private ContainerStatusResponse status(ContainerStatusRequest request) {
        ContainerStatus container = ids.container(request.getContainerId());
        var status = told.status(container, runtime.containers().user(container.id())).toBuilder();
        LinuxContainerResources since =
                updated.getOrDefault(container.id(), LinuxContainerResources.getDefaultInstance());
        status.getResourcesBuilder()
                .setLinux(WantedLimits.changed(status.getResources().getLinux(), since));
        var answer = ContainerStatusResponse.newBuilder().setStatus(status);
        return request.getVerbose() ? answer.putAllInfo(Told.info(container)).build() : answer.build();
    }

    private UpdateContainerResourcesResponse update(UpdateContainerResourcesRequest request) {
        ContainerStatus container = ids.container(request.getContainerId());
        LinuxContainerResources change = request.getLinux();
        runtime.containers().update(container.id(), WantedLimits.of(change), WantedLimits.further(change));
        updated.merge(container.id(), change, WantedLimits::changed);
        return UpdateContainerResourcesResponse.getDefaultInstance();
    }

    private ReopenContainerLogResponse reopenLog(ReopenContainerLogRequest request) throws InterruptedException {
        ContainerStatus container = ids.container(request.getContainerId());
        if (container.state() != ContainerStatus.State.RUNNING) {
            throw new GrpcException(Status.Code.UNKNOWN, "container is not running");
        }
        runtime.containers().reopenLog(container.id());
        return ReopenContainerLogResponse.getDefaultInstance();
    }

    private CheckpointContainerResponse checkpoint(CheckpointContainerRequest request) {
        ids.container(request.getContainerId());
        throw new GrpcException(Status.Code.UNIMPLEMENTED, "this runtime takes no checkpoints");
    }
}
