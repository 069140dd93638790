package dev.longshore.kubelet.pods;

import dev.longshore.runtime.SandboxStatus;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.PodReadinessGate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// The conditions of a pod that are the kubelet's to set.
final class Conditions {

    private Conditions() {}

    static List<PodCondition> of(
            PodState state, String phase, List<ContainerStatus> inits, List<ContainerStatus> mains, Instant now) {
        var conditions = new ArrayList<Draft>();
        boolean stands = state.sandbox
                .map(sandbox -> sandbox.state() == SandboxStatus.State.READY)
                .orElse(false);
        conditions.add(new Draft("PodReadyToStartContainers", stands, "", ""));
        conditions.add(initialized(state, phase, inits));
        Draft containersReady = containersReady(phase, mains, inits, state.pod);
        conditions.add(ready(containersReady, state.pod));
        conditions.add(containersReady);
        boolean saidSo = state.told
                .map(told -> told.getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("PodScheduled")))
                .orElse(false);
        if (saidSo || existing(state.pod, "PodScheduled").isEmpty()) {
            conditions.add(new Draft("PodScheduled", true, "", ""));
        }
        if (RestartRule.couldRestartAll(state.pod)) {
            conditions.add(startingOver(state, phase));
        }
        state.verdict
                .filter(why -> state.isDisrupted)
                .ifPresent(why ->
                        conditions.add(new Draft("DisruptionTarget", true, "TerminationByKubelet", why.message())));
        var all = new ArrayList<PodCondition>();
        state.resizePending
                .map(pending -> pending.toCondition("PodResizePending"))
                .ifPresent(all::add);
        state.resizing
                .map(resizing -> resizing.toCondition("PodResizeInProgress"))
                .ifPresent(all::add);
        conditions.stream().map(draft -> draft.settle(state, now)).forEach(all::add);
        return List.copyOf(all);
    }

    private static Draft initialized(PodState state, String phase, List<ContainerStatus> inits) {
        if (phase.equals("Succeeded")) {
            return new Draft("Initialized", true, "PodCompleted", "");
        }
        if (state.initialized || inits.isEmpty() || wasInitialized(state)) {
            return new Draft("Initialized", true, "", "");
        }
        List<String> incomplete = inits.stream()
                .filter(status -> !Boolean.TRUE.equals(status.getReady()) && !Boolean.TRUE.equals(status.getStarted()))
                .map(ContainerStatus::getName)
                .toList();
        return incomplete.isEmpty()
                ? new Draft("Initialized", true, "", "")
                : new Draft(
                        "Initialized",
                        false,
                        "ContainersNotInitialized",
                        "containers with incomplete status: " + words(incomplete));
    }

    /// Once it was, a pod whose containers all begin anew in its sandbox remains so.
    private static boolean wasInitialized(PodState state) {
        return RestartRule.couldRestartAll(state.pod)
                && state.told
                        .map(told -> told.getConditions().stream()
                                .anyMatch(condition -> condition.getType().equals("Initialized")
                                        && condition.getStatus().equals("True")))
                        .orElse(false);
    }

    private static Draft startingOver(PodState state, String phase) {
        String type = "AllContainersRestarting";
        return switch (phase) {
            case "Succeeded" -> new Draft(type, false, "PodCompleted", "");
            case "Failed" -> new Draft(type, false, "PodFailed", "");
            default ->
                state.startsOver()
                        ? new Draft(
                                type, true, "RestartAllContainersStarted", "container exited with restart policy rule")
                        : new Draft(type, false, "", "");
        };
    }

    private static Draft containersReady(
            String phase, List<ContainerStatus> mains, List<ContainerStatus> inits, Pod pod) {
        if (phase.equals("Succeeded")) {
            return new Draft("ContainersReady", false, "PodCompleted", "");
        }
        if (phase.equals("Failed")) {
            return new Draft("ContainersReady", false, "PodFailed", "");
        }
        var unready = new ArrayList<String>();
        inits.stream()
                .filter(status -> isSidecar(pod, status.getName()))
                .filter(status -> !Boolean.TRUE.equals(status.getReady()))
                .forEach(status -> unready.add(status.getName()));
        mains.stream()
                .filter(status -> !Boolean.TRUE.equals(status.getReady()))
                .forEach(status -> unready.add(status.getName()));
        return unready.isEmpty()
                ? new Draft("ContainersReady", true, "", "")
                : new Draft(
                        "ContainersReady",
                        false,
                        "ContainersNotReady",
                        "containers with unready status: " + words(unready));
    }

    private static Draft ready(Draft containersReady, Pod pod) {
        if (!containersReady.isTrue()) {
            return new Draft("Ready", false, containersReady.reason(), containersReady.message());
        }
        var missing = new ArrayList<String>();
        for (PodReadinessGate gate : pod.getSpec().getReadinessGates()) {
            Optional<PodCondition> condition = existing(pod, gate.getConditionType());
            if (condition.isEmpty()) {
                missing.add("corresponding condition of pod readiness gate \"%s\" does not exist."
                        .formatted(gate.getConditionType()));
            } else if (!"True".equals(condition.get().getStatus())) {
                missing.add("the status of pod readiness gate \"%s\" is not \"True\", but %s"
                        .formatted(gate.getConditionType(), condition.get().getStatus()));
            }
        }
        return missing.isEmpty()
                ? new Draft("Ready", true, "", "")
                : new Draft("Ready", false, "ReadinessGatesNotReady", String.join(", ", missing));
    }

    private static boolean isSidecar(Pod pod, String name) {
        return pod.getSpec().getInitContainers().stream()
                .anyMatch(
                        container -> container.getName().equals(name) && "Always".equals(container.getRestartPolicy()));
    }

    private static Optional<PodCondition> existing(Pod pod, String type) {
        return pod.getStatus() == null
                ? Optional.empty()
                : pod.getStatus().getConditions().stream()
                        .filter(condition -> condition.getType().equals(type))
                        .findFirst();
    }

    private static String words(List<String> names) {
        return "[" + String.join(" ", names) + "]";
    }

    private record Draft(String type, boolean isTrue, String reason, String message) {

        /// The time of the last transition is kept while the status stays what was said last; the server's copy
        /// at hand may be older than that.
        PodCondition settle(PodState state, Instant now) {
            String status = isTrue ? "True" : "False";
            String since = state.told
                    .flatMap(told -> told.getConditions().stream()
                            .filter(condition -> condition.getType().equals(type))
                            .findFirst())
                    .or(() -> existing(state.pod, type))
                    .filter(condition -> Objects.equals(condition.getStatus(), status))
                    .map(PodCondition::getLastTransitionTime)
                    .orElse(Stamps.seconds(now));
            return new PodConditionBuilder()
                    .withType(type)
                    .withStatus(status)
                    .withReason(reason.isEmpty() ? null : reason)
                    .withMessage(message.isEmpty() ? null : message)
                    .withLastTransitionTime(since)
                    .withObservedGeneration(state.pod.getMetadata().getGeneration())
                    .build();
        }
    }
}
