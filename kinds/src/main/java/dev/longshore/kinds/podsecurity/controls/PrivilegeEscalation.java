package dev.longshore.kinds.podsecurity.controls;

import java.util.List;
import java.util.Optional;

/// No process gets more rights than the one that began it.
final class PrivilegeEscalation {

    private PrivilegeEscalation() {}

    static Control control() {
        Control.Check check = PrivilegeEscalation::judge;
        return Control.of(
                "allowPrivilegeEscalation",
                Level.RESTRICTED,
                Control.Revision.since(8, check),
                Control.Revision.since(25, check.butOnWindows()));
    }

    private static Optional<Violation> judge(PodSubject pod) {
        List<String> containers = pod.containersThat(
                container -> !PodSubject.says(PodSubject.security(container), "allowPrivilegeEscalation", false));
        return containers.isEmpty()
                ? Optional.empty()
                : Optional.of(new Violation(
                        "allowPrivilegeEscalation != false",
                        Words.containers(containers) + " must set securityContext.allowPrivilegeEscalation=false"));
    }
}
