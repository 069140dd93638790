package dev.longshore.runtime.cri;

import dev.longshore.linux.Cgroups;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.RuntimeFaultException.Kind;
import dev.longshore.runtime.SandboxSpec;
import dev.longshore.runtime.SandboxStatus;
import dev.longshore.runtime.Sandboxes;
import dev.longshore.runtime.cri.proto.ListPodSandboxRequest;
import dev.longshore.runtime.cri.proto.PodSandbox;
import dev.longshore.runtime.cri.proto.PodSandboxConfig;
import dev.longshore.runtime.cri.proto.PodSandboxStatus;
import dev.longshore.runtime.cri.proto.PodSandboxStatusRequest;
import dev.longshore.runtime.cri.proto.RemovePodSandboxRequest;
import dev.longshore.runtime.cri.proto.RunPodSandboxRequest;
import dev.longshore.runtime.cri.proto.StopPodSandboxRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/// Sandboxes of a runtime behind a socket: those of this cluster only, by a label.
final class CriSandboxes implements Sandboxes {

    private final CriConnection cri;
    private final CriSpecs specs;
    private final CriStatuses statuses;
    private final Map<String, String> marks;
    private final CriRuntime.Wiring wiring;
    private final Map<String, SandboxSpec> made = new ConcurrentHashMap<>();

    /// @param marks labels by which what this cluster has made is known
    CriSandboxes(
            CriConnection cri,
            CriSpecs specs,
            CriStatuses statuses,
            Map<String, String> marks,
            CriRuntime.Wiring wiring) {
        this.cri = cri;
        this.specs = specs;
        this.statuses = statuses;
        this.marks = Map.copyOf(marks);
        this.wiring = wiring;
    }

    @Override
    public SandboxStatus run(SandboxSpec spec) throws InterruptedException {
        if (spec.users().isPresent()) {
            // Silently with the host's users it would have rights that it must not have.
            throw new RuntimeFaultException(Kind.FAILED, "pods in a runtime behind CRI have no users of their own yet");
        }
        PodSandboxConfig config = marked(spec);
        String id = cri.call(
                        CriMethods.RUN_POD_SANDBOX,
                        RunPodSandboxRequest.newBuilder()
                                .setConfig(config)
                                .setRuntimeHandler(spec.runtimeHandler())
                                .build(),
                        CriConnection.LONG,
                        Kind.FAILED)
                .getPodSandboxId();
        made.put(id, spec);
        SandboxStatus status = status(id)
                .orElseThrow(() -> new RuntimeFaultException(Kind.FAILED, "sandbox " + id + " is gone already"));
        try {
            wiring.wired(status);
        } catch (RuntimeFaultException refused) {
            takeBack(id, refused);
            throw refused;
        }
        return status;
    }

    private void takeBack(String id, RuntimeFaultException why) throws InterruptedException {
        try {
            remove(id);
        } catch (RuntimeFaultException another) {
            why.addSuppressed(another);
        }
    }

    @Override
    public void stop(String sandboxId) throws InterruptedException {
        wiring.unwired(sandboxId);
        cri.callIfThere(
                CriMethods.STOP_POD_SANDBOX,
                StopPodSandboxRequest.newBuilder().setPodSandboxId(sandboxId).build(),
                CriConnection.LONG);
    }

    @Override
    public void remove(String sandboxId) throws InterruptedException {
        Optional<SandboxStatus> status = status(sandboxId);
        if (status.isEmpty()) {
            wiring.unwired(sandboxId);
            return;
        }
        stop(sandboxId);
        cri.callIfThere(
                CriMethods.REMOVE_POD_SANDBOX,
                RemovePodSandboxRequest.newBuilder().setPodSandboxId(sandboxId).build(),
                CriConnection.LONG);
        made.remove(sandboxId);
        // The pod's own group was made on the way to its containers' and belongs to no runtime.
        String group = status.get().spec().annotations().getOrDefault(CriRuntime.CGROUP, "");
        if (group.startsWith("/") && !group.contains("..")) {
            Cgroups.detect().remove(group.substring(1));
        }
    }

    @Override
    public List<SandboxStatus> list() {
        return cri.ask(CriMethods.LIST_POD_SANDBOX, ListPodSandboxRequest.getDefaultInstance()).getItemsList().stream()
                .filter(isOurs())
                .map(PodSandbox::getId)
                .map(this::status)
                .flatMap(Optional::stream)
                .toList();
    }

    @Override
    public Optional<SandboxStatus> status(String sandboxId) {
        try {
            PodSandboxStatus told = cri.ask(
                            CriMethods.POD_SANDBOX_STATUS,
                            PodSandboxStatusRequest.newBuilder()
                                    .setPodSandboxId(sandboxId)
                                    .build())
                    .getStatus();
            SandboxSpec spec = made.get(sandboxId);
            // Without the pod's own group, which only the annotations of the runtime's copy say.
            return Optional.of(
                    spec == null
                            ? statuses.of(told)
                            : statuses.of(told, spec.withAnnotations(told.getAnnotationsMap())));
        } catch (RuntimeFaultException fault) {
            if (fault.kind() == Kind.NOT_FOUND) {
                return Optional.empty();
            }
            throw fault;
        }
    }

    /// The configuration that a sandbox was made from, as containers of it have to repeat it.
    PodSandboxConfig config(String sandboxId) {
        SandboxStatus status = status(sandboxId)
                .orElseThrow(() -> new RuntimeFaultException(Kind.NOT_FOUND, "no sandbox " + sandboxId));
        PodSandboxConfig config = marked(status.spec());
        String group = status.spec().annotations().getOrDefault(CriRuntime.CGROUP, "");
        return group.isEmpty()
                ? config
                : config.toBuilder()
                        .setLinux(config.getLinux().toBuilder().setCgroupParent(group))
                        .putAnnotations(CriRuntime.CGROUP, group)
                        .build();
    }

    private PodSandboxConfig marked(SandboxSpec spec) {
        return specs.of(spec).toBuilder()
                .putAllLabels(marks)
                .putAnnotations(CriRuntime.CGROUP, specs.cgroupOf(spec))
                .build();
    }

    private Predicate<PodSandbox> isOurs() {
        return sandbox -> sandbox.getLabelsMap().entrySet().containsAll(marks.entrySet());
    }
}
