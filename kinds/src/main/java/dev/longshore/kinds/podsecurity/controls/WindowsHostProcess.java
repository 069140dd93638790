package dev.longshore.kinds.podsecurity.controls;

import dev.longshore.kinds.kit.Trees;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// No containers that are processes of a Windows node.
final class WindowsHostProcess {

    private WindowsHostProcess() {}

    static Control control() {
        return Control.of("windowsHostProcess", Level.BASELINE, Control.Revision.since(0, WindowsHostProcess::judge));
    }

    private static Optional<Violation> judge(PodSubject pod) {
        boolean isPod = isHostProcess(pod.security());
        List<String> containers = pod.containersThat(container -> isHostProcess(PodSubject.security(container)));
        return isPod || !containers.isEmpty()
                ? Optional.of(new Violation(
                        "hostProcess",
                        Words.setters(isPod, containers)
                                + " must not set securityContext.windowsOptions.hostProcess=true"))
                : Optional.empty();
    }

    private static boolean isHostProcess(JsonNode security) {
        return Trees.flag(security, "windowsOptions", "hostProcess");
    }
}
