package dev.longshore.runtime.linux;

import java.time.Duration;

/// How long the runtime waits for what may hang.
///
/// @param call for one call of the OCI runtime and what belongs to it, as the kubelet's `runtimeRequestTimeout`
/// @param dying for a container's end once it was killed
/// @param silence for word from a monitor whose container's process has ended
/// @param pulse for a sign of life of the OCI runtime
record Patience(Duration call, Duration dying, Duration silence, Duration pulse) {

    static final Patience USUAL =
            new Patience(Duration.ofMinutes(2), Duration.ofSeconds(60), Duration.ofSeconds(10), Duration.ofSeconds(5));
}
