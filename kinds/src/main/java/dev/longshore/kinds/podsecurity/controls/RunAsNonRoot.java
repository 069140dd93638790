package dev.longshore.kinds.podsecurity.controls;

import dev.longshore.kinds.kit.Trees;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// The kubelet starts nothing as root.
final class RunAsNonRoot {

    private static final String REASON = "runAsNonRoot != true";
    private static final int RELAXED = 35;

    private RunAsNonRoot() {}

    static Control control() {
        Control.Check check = pod -> judgeFalse(pod).or(() -> judgeSilence(pod));
        return Control.of(
                "runAsNonRoot",
                Level.RESTRICTED,
                Control.Revision.since(0, check),
                Control.Revision.since(RELAXED, check.butInUserNamespaces()));
    }

    private static Optional<Violation> judgeFalse(PodSubject pod) {
        boolean isPod = says(pod.security(), false);
        List<String> containers = pod.containersThat(container -> says(PodSubject.security(container), false));
        return isPod || !containers.isEmpty()
                ? Optional.of(new Violation(
                        REASON, Words.setters(isPod, containers) + " must not set securityContext.runAsNonRoot=false"))
                : Optional.empty();
    }

    private static Optional<Violation> judgeSilence(PodSubject pod) {
        if (says(pod.security(), true)) {
            return Optional.empty();
        }
        List<String> silent =
                pod.containersThat(container -> !Trees.has(PodSubject.security(container), "runAsNonRoot"));
        return silent.isEmpty()
                ? Optional.empty()
                : Optional.of(new Violation(
                        REASON, "pod or " + Words.containers(silent) + " must set securityContext.runAsNonRoot=true"));
    }

    private static boolean says(JsonNode security, boolean value) {
        return PodSubject.says(security, "runAsNonRoot", value);
    }
}
