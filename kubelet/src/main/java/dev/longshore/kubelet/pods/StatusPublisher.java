package dev.longshore.kubelet.pods;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.kubelet.cluster.PodApi;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/// Writes statuses, but only when they say something new, or when others have written what is not so: the node
/// controller takes pods for unready that it hears nothing of. The server's load from an idle pod is none.
final class StatusPublisher {

    /// Fields that a patch must take away when the status has them no more.
    private static final List<String> TAKEN_AWAY = List.of("reason", "message", "podIP");

    /// Conditions of the kubelet's that are there only for a while.
    private static final Set<String> COMES_AND_GOES = Set.of("PodResizePending", "PodResizeInProgress");

    /// So long the server may take to show what it was told.
    private static final Duration ECHO = Duration.ofSeconds(10);

    private final PodApi api;
    private final Time time;

    StatusPublisher(PodApi api, Time time) {
        this.api = api;
        this.time = time;
    }

    /// Makes the server say `status`; false when it no longer knows the pod.
    boolean publish(PodState state, PodStatus status) {
        // First our own readers: who learns from the server that a container runs may ask for it here at once.
        state.snapshot = PodSnapshot.of(state, Optional.of(status));
        if (state.told.map(status::equals).orElse(false) && !isOverwritten(state, status)) {
            return true;
        }
        boolean known = api.patchStatus(state.pod, patch(status, state));
        state.told = Optional.of(status);
        state.toldAt = time.now();
        state.wasShown = false;
        return known;
    }

    /// When to look whether the server shows what it was told; empty if it does.
    Optional<Instant> nextLook(PodState state) {
        return state.told.isEmpty() || state.wasShown ? Optional.empty() : Optional.of(state.toldAt.plus(ECHO));
    }

    /// True if the pod as the server has it, which was like `status` before or should be by now, is not.
    private boolean isOverwritten(PodState state, PodStatus status) {
        PodStatus shown = state.pod.getStatus();
        // The pod of a file has no status of the server's.
        if (shown == null || shown.getConditions().isEmpty() || shows(shown, status)) {
            state.wasShown = true;
            return false;
        }
        return state.wasShown || !time.now().isBefore(state.toldAt.plus(ECHO));
    }

    private static Stream<String> conditions(Optional<PodStatus> status) {
        return status.map(PodStatus::getConditions).orElse(List.of()).stream().map(PodCondition::getType);
    }

    private static boolean shows(PodStatus shown, PodStatus status) {
        return Objects.equals(shown.getPhase(), status.getPhase())
                && status.getConditions().stream()
                        .allMatch(condition ->
                                shown.getConditions().stream().anyMatch(other -> isSame(other, condition)));
    }

    private static boolean isSame(PodCondition one, PodCondition other) {
        return one.getType().equals(other.getType()) && Objects.equals(one.getStatus(), other.getStatus());
    }

    private static ObjectNode patch(PodStatus status, PodState state) {
        var patch = (ObjectNode) Json.parse(Serialization.asJson(status));
        for (String field : TAKEN_AWAY) {
            if (!patch.has(field)) {
                patch.putNull(field);
            }
        }
        Stream.concat(conditions(state.told), conditions(Optional.ofNullable(state.pod.getStatus())))
                .filter(COMES_AND_GOES::contains)
                .filter(type -> conditions(Optional.of(status)).noneMatch(type::equals))
                .distinct()
                .forEach(type -> patch.withArray("conditions")
                        .addObject()
                        .put("$patch", "delete")
                        .put("type", type));
        // Both lists merge by key: without this directive an old address would stay beside the new.
        if (patch.path("podIPs").isArray()) {
            patch.withArray("podIPs").insertObject(0).put("$patch", "replace");
        }
        return patch;
    }
}
