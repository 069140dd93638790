package dev.longshore.runtime.cri.server;

import dev.longshore.http.grpc.GrpcService;
import dev.longshore.runtime.NodeRuntime;
import dev.longshore.runtime.SandboxSpec;
import dev.longshore.runtime.SandboxStatus;
import dev.longshore.runtime.cri.CriMethods;
import dev.longshore.runtime.cri.proto.ListPodSandboxRequest;
import dev.longshore.runtime.cri.proto.ListPodSandboxResponse;
import dev.longshore.runtime.cri.proto.PodSandbox;
import dev.longshore.runtime.cri.proto.PodSandboxFilter;
import dev.longshore.runtime.cri.proto.PodSandboxStatusRequest;
import dev.longshore.runtime.cri.proto.PodSandboxStatusResponse;
import dev.longshore.runtime.cri.proto.RemovePodSandboxRequest;
import dev.longshore.runtime.cri.proto.RemovePodSandboxResponse;
import dev.longshore.runtime.cri.proto.RunPodSandboxRequest;
import dev.longshore.runtime.cri.proto.RunPodSandboxResponse;
import dev.longshore.runtime.cri.proto.StopPodSandboxRequest;
import dev.longshore.runtime.cri.proto.StopPodSandboxResponse;
import dev.longshore.runtime.cri.proto.UpdatePodSandboxResourcesRequest;
import dev.longshore.runtime.cri.proto.UpdatePodSandboxResourcesResponse;
import java.util.List;

/// Sandboxes over CRI.
final class SandboxCalls {

    private final NodeRuntime runtime;
    private final WantedSandbox wanted;
    private final InTurn turns;
    private final Ids ids;
    private final Bell bell;

    SandboxCalls(NodeRuntime runtime, WantedSandbox wanted, InTurn turns, Ids ids, Bell bell) {
        this.runtime = runtime;
        this.wanted = wanted;
        this.turns = turns;
        this.ids = ids;
        this.bell = bell;
    }

    void offer(GrpcService service) {
        service.unary(CriMethods.RUN_POD_SANDBOX, Refusals.told(this::run))
                .unary(CriMethods.STOP_POD_SANDBOX, Refusals.told(this::stop))
                .unary(CriMethods.REMOVE_POD_SANDBOX, Refusals.told(this::remove))
                .unary(CriMethods.POD_SANDBOX_STATUS, Refusals.told(this::status))
                .unary(CriMethods.LIST_POD_SANDBOX, Refusals.told(this::list))
                .unary(CriMethods.UPDATE_POD_SANDBOX_RESOURCES, Refusals.told(this::update));
    }

    private RunPodSandboxResponse run(RunPodSandboxRequest request) throws InterruptedException {
        SandboxSpec spec = wanted.of(request);
        String name = key(spec);
        String id = turns.making("sandbox " + name, making -> {
            runtime.sandboxes().list().stream()
                    .filter(other -> key(other.spec()).equals(name))
                    .findFirst()
                    .ifPresent(other -> {
                        throw Refusals.invalid(
                                "sandbox name \"%s\" is reserved for \"%s\"".formatted(name, other.id()));
                    });
            return runtime.sandboxes().run(spec).id();
        });
        bell.ring();
        return RunPodSandboxResponse.newBuilder().setPodSandboxId(id).build();
    }

    private StopPodSandboxResponse stop(StopPodSandboxRequest request) throws InterruptedException {
        turns.with(ids.sandboxOrSame(request.getPodSandboxId()), id -> {
            runtime.sandboxes().stop(id);
            return id;
        });
        bell.ring();
        return StopPodSandboxResponse.getDefaultInstance();
    }

    private RemovePodSandboxResponse remove(RemovePodSandboxRequest request) throws InterruptedException {
        String gone = turns.with(ids.sandboxOrSame(request.getPodSandboxId()), id -> {
            runtime.sandboxes().remove(id);
            return id;
        });
        turns.forget(gone);
        bell.ring();
        return RemovePodSandboxResponse.getDefaultInstance();
    }

    private PodSandboxStatusResponse status(PodSandboxStatusRequest request) {
        SandboxStatus sandbox = ids.sandbox(request.getPodSandboxId());
        var answer = PodSandboxStatusResponse.newBuilder().setStatus(Told.status(sandbox));
        return request.getVerbose() ? answer.putAllInfo(Told.info(sandbox)).build() : answer.build();
    }

    private ListPodSandboxResponse list(ListPodSandboxRequest request) {
        return ListPodSandboxResponse.newBuilder()
                .addAllItems(matching(request.getFilter()))
                .build();
    }

    private List<PodSandbox> matching(PodSandboxFilter filter) {
        return runtime.sandboxes().list().stream()
                .filter(sandbox -> sandbox.id().startsWith(filter.getId()))
                .filter(sandbox -> sandbox.spec()
                        .labels()
                        .entrySet()
                        .containsAll(filter.getLabelSelectorMap().entrySet()))
                .map(Told::listed)
                .filter(sandbox -> !filter.hasState() || filter.getState().getState() == sandbox.getState())
                .toList();
    }

    /// The pod's own group is its maker's, who has changed it already.
    private UpdatePodSandboxResourcesResponse update(UpdatePodSandboxResourcesRequest request) {
        ids.sandbox(request.getPodSandboxId());
        return UpdatePodSandboxResourcesResponse.getDefaultInstance();
    }

    private static String key(SandboxSpec spec) {
        return "%s_%s_%s_%d".formatted(spec.podName(), spec.podNamespace(), spec.podUid(), spec.attempt());
    }
}
