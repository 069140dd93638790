package dev.longshore.kinds.podsecurity.controls;

import dev.longshore.kinds.kit.Trees;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Probes and handlers speak to their pod: by a host they could make the kubelet speak to anybody.
final class HostsOfProbes {

    private static final int FIRST = 34;

    private HostsOfProbes() {}

    static Control control() {
        return Control.of(
                "hostProbesAndHostLifecycle", Level.BASELINE, Control.Revision.since(FIRST, HostsOfProbes::judge));
    }

    private static Optional<Violation> judge(PodSubject pod) {
        var hosts = new TreeSet<String>();
        var containers = new TreeSet<>(pod.containersThat(container -> {
            List<String> own = hosts(container);
            hosts.addAll(own);
            return !own.isEmpty();
        }));
        if (containers.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Violation(
                "probe or lifecycle host",
                Words.containers(containers) + (containers.size() == 1 ? " uses " : " use ")
                        + Words.counted("probe or lifecycle host", hosts.size()) + " " + Words.quoted(hosts)));
    }

    private static List<String> hosts(ObjectNode container) {
        return Stream.of(
                        Trees.at(container, "livenessProbe"),
                        Trees.at(container, "readinessProbe"),
                        Trees.at(container, "startupProbe"),
                        Trees.at(container, "lifecycle", "postStart"),
                        Trees.at(container, "lifecycle", "preStop"))
                .flatMap(HostsOfProbes::hostsOf)
                .toList();
    }

    private static Stream<String> hostsOf(JsonNode handler) {
        return Stream.of(Trees.text(handler, "httpGet", "host"), Trees.text(handler, "tcpSocket", "host"))
                .filter(host -> !host.isEmpty());
    }
}
