package dev.longshore.kinds.podsecurity.controls;

import dev.longshore.kinds.kit.Trees;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.node.ObjectNode;

/// Which capabilities containers may have beyond the usual ones; none but one when restricted.
final class Capabilities {

    private static final String BASELINE = "capabilities_baseline";
    private static final Set<String> USUAL = Set.of(
            "AUDIT_WRITE",
            "CHOWN",
            "DAC_OVERRIDE",
            "FOWNER",
            "FSETID",
            "KILL",
            "MKNOD",
            "NET_BIND_SERVICE",
            "SETFCAP",
            "SETGID",
            "SETPCAP",
            "SETUID",
            "SYS_CHROOT");
    private static final Set<String> ONE = Set.of("NET_BIND_SERVICE");

    private Capabilities() {}

    static Control baseline() {
        return Control.of(BASELINE, Level.BASELINE, Control.Revision.since(0, Capabilities::judgeBaseline));
    }

    static Control restricted() {
        Control.Check check = Capabilities::judgeRestricted;
        return Control.of(
                "capabilities_restricted",
                Level.RESTRICTED,
                Control.Revision.since(22, check).replacing(BASELINE),
                Control.Revision.since(25, check.butOnWindows()).replacing(BASELINE));
    }

    private static Optional<Violation> judgeBaseline(PodSubject pod) {
        return adding(pod, USUAL).map(detail -> new Violation("non-default capabilities", detail));
    }

    private static Optional<Violation> judgeRestricted(PodSubject pod) {
        var details = new ArrayList<String>();
        List<String> keeping =
                pod.containersThat(container -> !capabilities(container, "drop").contains("ALL"));
        if (!keeping.isEmpty()) {
            details.add(Words.containers(keeping) + " must set securityContext.capabilities.drop=[\"ALL\"]");
        }
        adding(pod, ONE).ifPresent(details::add);
        return details.isEmpty()
                ? Optional.empty()
                : Optional.of(new Violation("unrestricted capabilities", String.join("; ", details)));
    }

    private static Optional<String> adding(PodSubject pod, Set<String> allowed) {
        var forbidden = new TreeSet<String>();
        List<String> containers = pod.containersThat(container -> {
            List<String> more = capabilities(container, "add").stream()
                    .filter(name -> !allowed.contains(name))
                    .toList();
            forbidden.addAll(more);
            return !more.isEmpty();
        });
        return containers.isEmpty()
                ? Optional.empty()
                : Optional.of(Words.containers(containers) + " must not include " + Words.quoted(forbidden)
                        + " in securityContext.capabilities.add");
    }

    private static List<String> capabilities(ObjectNode container, String list) {
        return Trees.strings(PodSubject.security(container), "capabilities", list);
    }
}
