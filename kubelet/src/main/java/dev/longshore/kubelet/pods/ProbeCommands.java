package dev.longshore.kubelet.pods;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/// Fills variables into the commands of probes: only those whose values the container itself states, as the kubelet
/// does; what they refer to is not looked up again for each probe.
final class ProbeCommands {

    private ProbeCommands() {}

    /// The same container, its probes' commands filled in.
    static Container expanded(Container container) {
        Map<String, String> stated = new HashMap<>();
        for (EnvVar variable : container.getEnv()) {
            stated.put(variable.getName(), Objects.requireNonNullElse(variable.getValue(), ""));
        }
        return new ContainerBuilder(container)
                .withLivenessProbe(expanded(container.getLivenessProbe(), stated))
                .withReadinessProbe(expanded(container.getReadinessProbe(), stated))
                .withStartupProbe(expanded(container.getStartupProbe(), stated))
                .build();
    }

    private static Probe expanded(Probe probe, Map<String, String> stated) {
        if (probe == null || probe.getExec() == null) {
            return probe;
        }
        return new ProbeBuilder(probe)
                .editExec()
                .withCommand(probe.getExec().getCommand().stream()
                        .map(word -> Expansion.expand(word, stated))
                        .toList())
                .endExec()
                .build();
    }
}
