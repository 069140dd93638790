package dev.longshore.kubelet.pods;

import dev.longshore.runtime.ContainerResources;
import dev.longshore.runtime.ContainerStats;
import dev.longshore.runtime.RuntimeFaultException;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Brings processors and memory that a pod asks for anew to its running containers. First the node must have room:
/// what it grants is allocated, and all else goes by that; what it cannot grant yet stays deferred. Then what is
/// allocated becomes what is, in place or, where the container wants that, by a restart. Confined to the worker's
/// thread.
final class Resizes {

    private static final Duration AGAIN = Duration.ofSeconds(10);
    /// Room that nobody has told of is looked for so often.
    private static final Duration RETRY = Duration.ofMinutes(3);
    private static final String DEFERRED = "Deferred";
    private static final String INFEASIBLE = "Infeasible";

    private final PodServices node;
    private final PodState state;
    private final PodStop stops;

    Resizes(PodServices node, PodState state, PodStop stops) {
        this.node = node;
        this.state = state;
        this.stops = stops;
    }

    /// The pod with the resources that it is granted.
    Pod granted(Pod wanted, Alarm alarm) {
        if (!state.admitted) {
            state.allocation = Optional.of(Allocation.of(wanted));
            return wanted;
        }
        Allocation present = state.allocation.orElseGet(() -> Allocation.told(wanted, state.records));
        state.allocation = Optional.of(present);
        if (state.released || present.equals(Allocation.of(wanted))) {
            if (state.resizePending.isPresent()) {
                node.resizes().withdraw(wanted);
                state.resizePending = Optional.empty();
            }
        } else if (state.verdict.isEmpty()) {
            decide(wanted, alarm);
        }
        return state.allocation.get().in(wanted);
    }

    private void decide(Pod wanted, Alarm alarm) {
        long generation = generation(wanted);
        Optional<String> obstacle = obstacle(wanted);
        if (obstacle.isPresent()) {
            pend(wanted, INFEASIBLE, obstacle.get());
            return;
        }
        Optional<NodeAdmission.Refusal> refusal = node.resizes()
                .ask(
                        wanted,
                        state.allocation.orElseThrow().in(wanted),
                        node.time().now());
        if (refusal.isEmpty()) {
            state.allocation = Optional.of(Allocation.of(wanted));
            state.resizePending = Optional.empty();
            state.resizing =
                    Optional.of(new ResizeState("", "", generation, node.time().now()));
            node.events().normal(wanted, "ResizeStarted", ResizeWords.of("Pod resize started", wanted, generation, ""));
            return;
        }
        alarm.by(node.time().now().plus(RETRY));
        pend(wanted, DEFERRED, refusal.get().message());
    }

    private void pend(Pod wanted, String reason, String why) {
        long generation = generation(wanted);
        Optional<ResizeState> before = state.resizePending;
        state.resizePending = Optional.of(new ResizeState(
                reason,
                why,
                generation,
                before.filter(pending -> pending.reason().equals(reason))
                        .map(ResizeState::since)
                        .orElseGet(node.time()::now)));
        boolean isNews = before.map(pending ->
                        pending.generation() != generation || !pending.reason().equals(reason))
                .orElse(true);
        if (isNews) {
            node.events()
                    .warning(
                            wanted, "Resize" + reason, ResizeWords.of("Pod resize " + reason, wanted, generation, why));
        }
    }

    /// What will never be: processors and memory that a container has for itself alone stay as they are.
    private Optional<String> obstacle(Pod wanted) {
        if (!Qos.classOf(wanted).equals("Guaranteed")) {
            return Optional.empty();
        }
        PlacementSettings placement = node.settings().resources().placement();
        Pod present = state.allocation.orElseThrow().in(wanted);
        String words = "Resize is infeasible for Guaranteed Pods alongside %s Manager policy \"%s\"";
        if (placement.processors().isPresent() && !PodResources.isSameRequest(present, wanted, "cpu")) {
            return Optional.of(words.formatted("CPU", "static"));
        }
        return placement.memory().isPresent() && !PodResources.isSameRequest(present, wanted, "memory")
                ? Optional.of(words.formatted("Memory", "Static"))
                : Optional.empty();
    }

    /// Makes what is allocated to be so.
    void actuate(Alarm alarm) {
        List<Declared> changed = Declared.of(state.pod).stream()
                .filter(declared -> declared.role() != Declared.Role.EPHEMERAL)
                .filter(this::differs)
                .toList();
        var inPlace = new ArrayList<Declared>();
        for (Declared declared : changed) {
            ContainerRecord record = state.record(declared);
            if (record.stop.isPresent()) {
                continue;
            }
            if (wantsRestart(declared, record.actual)) {
                record.restartsAnyway = true;
                stops.one(declared, record, "Container %s resize requires restart".formatted(declared.name()));
            } else {
                inPlace.add(declared);
            }
        }
        ContainerResources pod = node.sandboxSpecs().resources(state.pod);
        boolean isPodChanged =
                state.podResources.isPresent() && !state.podResources.get().equals(pod);
        Optional<String> obstacle = inPlace.isEmpty() && !isPodChanged ? Optional.empty() : update(inPlace, pod);
        if (obstacle.isPresent()) {
            complain(obstacle.get());
            alarm.by(node.time().now().plus(AGAIN));
        } else if (changed.size() == inPlace.size() && state.resizing.isPresent()) {
            long generation = state.resizing.get().generation();
            state.resizing = Optional.empty();
            node.events()
                    .normal(
                            state.pod,
                            "ResizeCompleted",
                            ResizeWords.of("Pod resize completed", state.pod, generation, ""));
        }
    }

    private boolean differs(Declared declared) {
        ContainerRecord record = state.record(declared);
        return record.isRunning()
                && !Allocation.isSame(record.actual, declared.container().getResources());
    }

    private static boolean wantsRestart(Declared declared, Optional<ResourceRequirements> actual) {
        ResourceRequirements wanted = declared.container().getResources();
        return declared.container().getResizePolicy().stream()
                .filter(policy -> "RestartContainer".equals(policy.getRestartPolicy()))
                .anyMatch(policy -> !Allocation.isSame(actual, wanted, policy.getResourceName()));
    }

    /// What stands in the way, if something does.
    private Optional<String> update(List<Declared> containers, ContainerResources pod) {
        Optional<String> tooSmall = belowUsage(containers, pod);
        if (tooSmall.isPresent()) {
            return tooSmall;
        }
        String sandbox = state.sandbox.orElseThrow().id();
        try {
            // The pod's bounds give way first, and close in last: no container's may be beyond them.
            node.runtime()
                    .sandboxes()
                    .update(
                            sandbox,
                            state.podResources.map(now -> wider(now, pod)).orElse(pod));
            for (Declared declared : containers) {
                ContainerRecord record = state.record(declared);
                ContainerResources wanted = node.containerSpecs().resources(state.pod, declared.container());
                node.runtime().containers().update(record.id, wanted);
                record.actual =
                        Optional.of(Allocation.orNothing(declared.container().getResources()));
            }
            node.runtime().sandboxes().update(sandbox, pod);
            state.podResources = Optional.of(pod);
            return Optional.empty();
        } catch (RuntimeFaultException failure) {
            return Optional.of(failure.getMessage());
        }
    }

    /// A limit below what is in use would have the kernel kill.
    private Optional<String> belowUsage(List<Declared> containers, ContainerResources pod) {
        var used = new LinkedHashMap<String, Long>();
        for (Declared declared : Declared.of(state.pod)) {
            ContainerRecord record = state.record(declared);
            if (record.isRunning()) {
                used.put(
                        declared.name(),
                        node.runtime()
                                .containers()
                                .stats(record.id)
                                .map(ContainerStats::memoryUsageBytes)
                                .orElse(0L));
            }
        }
        long all = used.values().stream().mapToLong(Long::longValue).sum();
        var errors = new ArrayList<String>();
        OptionalLong before =
                state.podResources.map(ContainerResources::memoryLimitBytes).orElse(OptionalLong.empty());
        if (isLess(pod.memoryLimitBytes(), before)
                && all >= pod.memoryLimitBytes().getAsLong()) {
            errors.add("attempting to set pod memory limit (%d) below current usage (%d)"
                    .formatted(pod.memoryLimitBytes().getAsLong(), all));
        }
        for (Declared declared : containers) {
            OptionalLong limit = Qos.bytes(
                    Allocation.orNothing(declared.container().getResources()).getLimits(), "memory");
            OptionalLong old = state.record(declared)
                    .actual
                    .map(actual -> Qos.bytes(actual.getLimits(), "memory"))
                    .orElse(OptionalLong.empty());
            if (isLess(limit, old) && used.getOrDefault(declared.name(), 0L) >= limit.getAsLong()) {
                errors.add("attempting to set container \"%s\" memory limit (%d) below current usage (%d)"
                        .formatted(declared.name(), limit.getAsLong(), all));
            }
        }
        return errors.isEmpty()
                ? Optional.empty()
                : Optional.of("cannot decrease memory limits: "
                        + (errors.size() == 1 ? errors.getFirst() : errors.toString()));
    }

    private static boolean isLess(OptionalLong limit, OptionalLong before) {
        return limit.isPresent() && (before.isEmpty() || limit.getAsLong() < before.getAsLong());
    }

    private static ContainerResources wider(ContainerResources one, ContainerResources other) {
        return new ContainerResources(
                larger(one.cpuShares(), other.cpuShares()),
                larger(one.cpuQuotaMicros(), other.cpuQuotaMicros()),
                other.cpuPeriodMicros(),
                larger(one.memoryLimitBytes(), other.memoryLimitBytes()),
                other.pidsLimit(),
                OptionalLong.empty());
    }

    private static OptionalLong larger(OptionalLong one, OptionalLong other) {
        return one.isPresent() && other.isPresent() && one.getAsLong() > other.getAsLong() ? one : other;
    }

    private void complain(String why) {
        long generation = state.resizing.map(ResizeState::generation).orElseGet(() -> generation(state.pod));
        boolean isNews = state.resizing.map(now -> !now.message().equals(why)).orElse(true);
        if (isNews) {
            state.resizing = Optional.of(
                    new ResizeState("Error", why, generation, node.time().now()));
            node.events()
                    .warning(state.pod, "ResizeError", ResizeWords.of("Pod resize error", state.pod, generation, why));
        }
    }

    private static long generation(Pod pod) {
        return Optional.ofNullable(pod.getMetadata().getGeneration()).orElse(0L);
    }
}
