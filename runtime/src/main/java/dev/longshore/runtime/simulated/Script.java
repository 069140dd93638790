package dev.longshore.runtime.simulated;

import dev.longshore.runtime.ContainerSpec;
import java.time.Duration;
import java.util.Optional;

/// Says how a simulated container ends by itself. Called at each start; must not block.
@FunctionalInterface
public interface Script {

    /// The annotation that says after how many seconds a container ends.
    String RUNS_FOR_SECONDS = "longshore.dev/simulated-seconds";

    /// The annotation that says with which code it ends then.
    String EXIT_CODE = "longshore.dev/simulated-exit-code";

    /// As the container's annotations say; without them it goes on until it is stopped.
    Script ANNOTATED = spec -> Optional.ofNullable(spec.annotations().get(RUNS_FOR_SECONDS))
            .map(seconds -> new Ending(
                    Duration.ofMillis(Math.round(Double.parseDouble(seconds) * 1000)),
                    Integer.parseInt(spec.annotations().getOrDefault(EXIT_CODE, "0"))));

    /// Empty for a container that goes on until it is stopped.
    Optional<Ending> ending(ContainerSpec spec);

    /// An end.
    record Ending(Duration after, int exitCode) {}
}
