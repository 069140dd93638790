package dev.longshore.kubelet.pods;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.ContainerUserBuilder;
import io.fabric8.kubernetes.api.model.HostIP;
import io.fabric8.kubernetes.api.model.PodIP;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import java.util.List;

/// Tells the cluster what a worker knows: phase, conditions, container statuses.
final class StatusBuilder {

    private final PodServices node;

    StatusBuilder(PodServices node) {
        this.node = node;
    }

    /// The status of `state`; in the `last` one of a pod nothing waits any more.
    PodStatus of(PodState state, boolean last) {
        return of(state, last, Phase.of(state, last));
    }

    /// The status of a pod none of whose containers runs, as long as its devices cannot be given to others: how they
    /// ended, in a phase that is not final.
    PodStatus held(PodState state) {
        String phase = Phase.of(state, false);
        boolean isFinal = phase.equals("Succeeded") || phase.equals("Failed");
        PodStatus status = of(state, false, isFinal ? Phase.unfinished(state) : phase);
        status.setReason(null);
        status.setMessage(null);
        return status;
    }

    private PodStatus of(PodState state, boolean last, String phase) {
        List<Declared> all = Declared.of(state.pod);
        List<ContainerStatus> inits = statuses(state, all, true, last);
        List<ContainerStatus> mains = all.stream()
                .filter(declared -> declared.role() == Declared.Role.MAIN)
                .map(declared -> status(state, declared, last))
                .toList();
        List<ContainerStatus> added = all.stream()
                .filter(declared -> declared.role() == Declared.Role.EPHEMERAL)
                .map(declared -> status(state, declared, last))
                .toList();
        var spec = state.pod.getSpec();
        List<String> addresses =
                Boolean.TRUE.equals(spec.getHostNetwork()) ? node.settings().hostAddresses() : state.addresses();
        return new PodStatusBuilder()
                .withObservedGeneration(state.pod.getMetadata().getGeneration())
                .withPhase(phase)
                .withReason(state.verdict.map(PodState.Verdict::reason).orElse(null))
                .withMessage(state.verdict.map(PodState.Verdict::message).orElse(null))
                .withConditions(
                        Conditions.of(state, phase, inits, mains, node.time().now()))
                .withInitContainerStatuses(inits)
                .withContainerStatuses(mains)
                .withEphemeralContainerStatuses(added)
                .withHostIP(
                        node.settings().hostAddress().isEmpty()
                                ? null
                                : node.settings().hostAddress())
                .withHostIPs(node.settings().hostAddresses().stream()
                        .map(HostIP::new)
                        .toList())
                .withPodIP(addresses.isEmpty() ? null : addresses.getFirst())
                .withPodIPs(addresses.stream().map(PodIP::new).toList())
                .withStartTime(state.startTime.map(Stamps::seconds).orElse(null))
                .withQosClass(Qos.classOf(state.pod))
                .withResources(PodResourcesStatus.actual(state.pod, phase.equals("Running"), state.podResources))
                .withAllocatedResources(PodResourcesStatus.allocated(state.pod))
                .build();
    }

    private List<ContainerStatus> statuses(PodState state, List<Declared> all, boolean init, boolean last) {
        return all.stream()
                .filter(declared -> declared.isInit() == init)
                .map(declared -> status(state, declared, last))
                .toList();
    }

    private ContainerStatus status(PodState state, Declared declared, boolean last) {
        ContainerRecord record = state.record(declared);
        boolean isDoneInit = declared.role() == Declared.Role.INIT
                && record.ended.map(Ended::isSuccess).orElse(false);
        ContainerState now = present(state, declared, record, last);
        boolean tellsEnd = now.getTerminated() != null;
        var granted = record.attempt >= 0 ? declared.container().getResources() : null;
        var resources = record.isRunning() ? record.actual.orElse(granted) : granted;
        var before = tellsEnd ? record.before : record.ended.or(() -> record.before);
        return new ContainerStatusBuilder()
                .withName(declared.name())
                .withState(now)
                .withLastState(new ContainerStateBuilder()
                        .withTerminated(before.map(how -> how.toState(LastWords.of(state.pod)))
                                .orElse(null))
                        .build())
                .withReady(isDoneInit || record.isReady())
                .withStarted(record.isRunning() && record.isStarted())
                .withResources(resources)
                .withAllocatedResources(granted == null ? null : granted.getRequests())
                .withRestartCount(record.restarts())
                .withImage(record.image.isEmpty() ? declared.container().getImage() : record.image)
                .withImageID(record.imageId)
                .withContainerID(record.id.isEmpty() ? null : node.containerId(record.id))
                .withUser(user(record))
                .withAllocatedResourcesStatus(
                        declared.role() == Declared.Role.MAIN
                                ? node.devices().status(state.pod, declared.container())
                                : List.of())
                .withVolumeMounts(RecursiveReadOnly.of(node, state).statuses(declared.container()))
                .build();
    }

    private io.fabric8.kubernetes.api.model.ContainerUser user(ContainerRecord record) {
        if (record.user.isEmpty() && !record.id.isEmpty()) {
            record.user = node.runtime().containers().user(record.id);
        }
        return record.user
                .map(user -> new ContainerUserBuilder()
                        .withNewLinux()
                        .withUid(user.uid())
                        .withGid(user.gid())
                        .withSupplementalGroups(user.supplementalGroups())
                        .endLinux()
                        .build())
                .orElse(null);
    }

    private static ContainerState present(PodState state, Declared declared, ContainerRecord record, boolean last) {
        var told = new ContainerStateBuilder();
        // While its hook runs, a container that has just started is not said to run.
        if (record.isUp()) {
            return told.withNewRunning(record.running
                            .orElseThrow()
                            .startedAt()
                            .map(Stamps::seconds)
                            .orElse(null))
                    .build();
        }
        boolean isHeld = record.waiting.isPresent() && !last && state.verdict.isEmpty();
        if (record.ended.isPresent() && !isHeld) {
            return told.withTerminated(record.ended.orElseThrow().toState(LastWords.of(state.pod)))
                    .build();
        }
        if (last && record.ended.isEmpty()) {
            return told.withTerminated(
                            Ended.unknown("", "The container could not be located when the pod was terminated")
                                    .toState(LastWords.of(state.pod)))
                    .build();
        }
        var waiting = record.waiting.orElse(
                state.pod.getSpec().getInitContainers().isEmpty()
                        ? ContainerRecord.CREATING
                        : ContainerRecord.INITIALIZING);
        return told.withNewWaiting(waiting.message().isEmpty() ? null : waiting.message(), waiting.reason())
                .build();
    }
}
