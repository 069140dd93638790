package dev.longshore.kinds.podsecurity.controls;

import dev.longshore.kinds.kit.Trees;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// No ports of the node's.
final class HostPorts {

    private HostPorts() {}

    static Control control() {
        return Control.of("hostPorts", Level.BASELINE, Control.Revision.since(0, HostPorts::judge));
    }

    private static Optional<Violation> judge(PodSubject pod) {
        // They are ordered as texts, as in the original: 100 stands before 20.
        var ports = new TreeSet<String>();
        List<String> containers = pod.containersThat(container -> {
            List<String> own = Trees.list(container, "ports").stream()
                    .map(port -> Trees.number(port, 0, "hostPort"))
                    .filter(port -> port != 0)
                    .map(String::valueOf)
                    .toList();
            ports.addAll(own);
            return !own.isEmpty();
        });
        return containers.isEmpty()
                ? Optional.empty()
                : Optional.of(new Violation(
                        "hostPort",
                        Words.containers(containers) + (containers.size() == 1 ? " uses " : " use ")
                                + Words.counted("hostPort", ports.size()) + " " + String.join(", ", ports)));
    }
}
