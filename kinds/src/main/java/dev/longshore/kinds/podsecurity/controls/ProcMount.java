package dev.longshore.kinds.podsecurity.controls;

import dev.longshore.kinds.kit.Trees;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// What the runtime hides of /proc stays hidden; since 1.35 baseline leaves that to pods with users of their own.
final class ProcMount {

    private static final String BASELINE = "procMount";
    private static final int RELAXED = 35;

    private ProcMount() {}

    static Control baseline() {
        Control.Check check = ProcMount::judge;
        return Control.of(
                BASELINE,
                Level.BASELINE,
                Control.Revision.since(0, check),
                Control.Revision.since(RELAXED, check.butInUserNamespaces()));
    }

    static Control restricted() {
        return Control.of(
                "procMount_restricted",
                Level.RESTRICTED,
                Control.Revision.since(RELAXED, ProcMount::judge).replacing(BASELINE));
    }

    private static Optional<Violation> judge(PodSubject pod) {
        var types = new TreeSet<String>();
        List<String> containers = pod.containersThat(container -> {
            String type = Trees.text(PodSubject.security(container), "procMount");
            if (!Trees.has(PodSubject.security(container), "procMount") || type.equals("Default")) {
                return false;
            }
            types.add(type);
            return true;
        });
        return containers.isEmpty()
                ? Optional.empty()
                : Optional.of(new Violation(
                        "procMount",
                        Words.containers(containers) + " must not set securityContext.procMount to "
                                + Words.quoted(types)));
    }
}
