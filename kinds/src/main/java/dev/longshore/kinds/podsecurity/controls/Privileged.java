package dev.longshore.kinds.podsecurity.controls;

import dev.longshore.kinds.kit.Trees;
import java.util.List;
import java.util.Optional;

/// No container that may do anything.
final class Privileged {

    private Privileged() {}

    static Control control() {
        return Control.of("privileged", Level.BASELINE, Control.Revision.since(0, Privileged::judge));
    }

    private static Optional<Violation> judge(PodSubject pod) {
        List<String> containers =
                pod.containersThat(container -> Trees.flag(PodSubject.security(container), "privileged"));
        return containers.isEmpty()
                ? Optional.empty()
                : Optional.of(new Violation(
                        "privileged", Words.containers(containers) + " must not set securityContext.privileged=true"));
    }
}
