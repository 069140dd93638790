package dev.longshore.kubelet.pods;

import dev.longshore.kubelet.probes.Action;
import dev.longshore.kubelet.probes.Target;
import dev.longshore.kubelet.probes.Verdict;
import io.fabric8.kubernetes.api.model.Lifecycle;
import java.time.Duration;
import java.util.Optional;

/// Makes work of a container's lifecycle hooks.
final class Hooks {

    /// A postStart hook has no limit of its own; without any, one that hangs would hold its pod forever.
    private static final Duration LONGEST_POST_START = Duration.ofMinutes(10);

    private final PodServices node;

    Hooks(PodServices node) {
        this.node = node;
    }

    Optional<Background.Work> postStart(PodState state, Declared declared, ContainerRecord record) {
        return lifecycle(declared)
                .flatMap(hooks -> Optional.ofNullable(hooks.getPostStart()))
                .flatMap(Action::of)
                .map(action -> work(
                        state,
                        declared,
                        record,
                        action,
                        LONGEST_POST_START,
                        "FailedPostStartHook",
                        "PostStartHook failed"));
    }

    Optional<Background.Work> preStop(PodState state, Declared declared, ContainerRecord record, Duration limit) {
        return lifecycle(declared)
                .flatMap(hooks -> Optional.ofNullable(hooks.getPreStop()))
                .flatMap(Action::of)
                .map(action -> work(state, declared, record, action, limit, "FailedPreStopHook", "PreStopHook failed"));
    }

    private Background.Work work(
            PodState state,
            Declared declared,
            ContainerRecord record,
            Action action,
            Duration limit,
            String reason,
            String message) {
        var pod = state.pod;
        Target target = target(state, declared, record);
        return () -> {
            Verdict verdict = node.actions().tell(action, target, limit);
            if (verdict.outcome() == Verdict.Outcome.WARNING) {
                node.events().warning(pod, "LifecycleHTTPFallback", verdict.output());
            }
            if (verdict.isSuccess()) {
                return Optional.empty();
            }
            node.events().warning(pod, declared.fieldPath(), reason, message);
            return Optional.of("%s for Container \"%s\" in Pod \"%s\" failed - error: %s"
                    .formatted(what(action), declared.name(), Names.of(pod), verdict.output()));
        };
    }

    private static String what(Action action) {
        return switch (action) {
            case Action.Exec(var spec) -> "Exec lifecycle hook ([%s])".formatted(String.join(" ", spec.getCommand()));
            case Action.HttpGet(var spec) ->
                "HTTP lifecycle hook (%s)".formatted(spec.getPath() == null ? "" : spec.getPath());
            case Action.Sleep(var spec) -> "Sleep lifecycle hook (%d)".formatted(spec.getSeconds());
            case Action.TcpSocket(var spec) -> "TCP lifecycle hook";
            case Action.Grpc(var spec) -> "gRPC lifecycle hook";
        };
    }

    /// Where probes and hooks reach the container.
    Target target(PodState state, Declared declared, ContainerRecord record) {
        String address = state.addresses().isEmpty()
                ? node.settings().hostAddress()
                : state.addresses().getFirst();
        return new Target(record.id, declared.container(), address);
    }

    private static Optional<Lifecycle> lifecycle(Declared declared) {
        return Optional.ofNullable(declared.container().getLifecycle());
    }
}
