package dev.longshore.kinds.podsecurity.controls;

import dev.longshore.kinds.kit.Trees;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Nobody asks for user 0.
final class RunAsUser {

    private static final int FIRST = 23;
    private static final int RELAXED = 35;

    private RunAsUser() {}

    static Control control() {
        Control.Check check = RunAsUser::judge;
        return Control.of(
                "runAsUser",
                Level.RESTRICTED,
                Control.Revision.since(FIRST, check),
                Control.Revision.since(RELAXED, check.butInUserNamespaces()));
    }

    private static Optional<Violation> judge(PodSubject pod) {
        boolean isPod = isRoot(pod.security());
        List<String> containers = pod.containersThat(container -> isRoot(PodSubject.security(container)));
        return isPod || !containers.isEmpty()
                ? Optional.of(
                        new Violation("runAsUser=0", Words.setters(isPod, containers) + " must not set runAsUser=0"))
                : Optional.empty();
    }

    private static boolean isRoot(JsonNode security) {
        return Trees.number(security, -1, "runAsUser") == 0;
    }
}
