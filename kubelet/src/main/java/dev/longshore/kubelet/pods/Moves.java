package dev.longshore.kubelet.pods;

import dev.longshore.runtime.ContainerResources;
import dev.longshore.runtime.RuntimeFaultException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Moves containers that run to the processors that are theirs, when some were given to another alone or given back.
final class Moves {

    private static final Logger log = LoggerFactory.getLogger(Moves.class);
    private static final Duration AGAIN = Duration.ofSeconds(10);

    private final PodServices node;
    private final PodState state;

    Moves(PodServices node, PodState state) {
        this.node = node;
        this.state = state;
    }

    void make(Alarm alarm) {
        if (node.settings().resources().placement().processors().isEmpty()) {
            return;
        }
        for (Declared declared : Declared.of(state.pod)) {
            ContainerRecord record = state.record(declared);
            ContainerResources wanted = node.containerSpecs().resources(state.pod, declared.container());
            boolean isAtHome =
                    wanted.processors().isEmpty() || wanted.processors().equals(record.processors);
            if (!record.isRunning() || isAtHome) {
                continue;
            }
            try {
                node.runtime().containers().update(record.id, wanted);
                record.processors = wanted.processors();
            } catch (RuntimeFaultException failure) {
                log.warn("container {} stays on processors {}: {}", record.id, record.processors, failure.getMessage());
                alarm.by(node.time().now().plus(AGAIN));
            }
        }
    }
}
