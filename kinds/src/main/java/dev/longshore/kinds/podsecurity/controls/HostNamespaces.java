package dev.longshore.kinds.podsecurity.controls;

import dev.longshore.kinds.kit.Trees;
import java.util.List;
import java.util.Optional;

/// Pods share no namespace with their node.
final class HostNamespaces {

    private HostNamespaces() {}

    static Control control() {
        return Control.of("hostNamespaces", Level.BASELINE, Control.Revision.since(0, HostNamespaces::judge));
    }

    private static Optional<Violation> judge(PodSubject pod) {
        List<String> shared = List.of("hostNetwork", "hostPID", "hostIPC").stream()
                .filter(field -> Trees.flag(pod.spec(), field))
                .map(field -> field + "=true")
                .toList();
        return shared.isEmpty()
                ? Optional.empty()
                : Optional.of(new Violation("host namespaces", String.join(", ", shared)));
    }
}
