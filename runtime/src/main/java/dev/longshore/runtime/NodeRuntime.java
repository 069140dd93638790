package dev.longshore.runtime;

import java.util.Set;

/// All of a node's runtime: what the kubelet gets.
public interface NodeRuntime extends AutoCloseable {

    /// `crun 1.8.1` and its like, for node status.
    String version();

    /// Pod sandboxes.
    Sandboxes sandboxes();

    /// Containers.
    Containers containers();

    /// Images.
    Images images();

    /// Exec, attach, port-forward.
    Streams streams();

    /// The names of the runtimes that sandboxes may ask for besides the usual one.
    default Set<String> handlers() {
        return Set.of();
    }

    /// What the runtime can do that `handler` names; the usual one has an empty name. Cheap, but for the first time.
    HandlerFeatures features(String handler);

    /// Ready to make sandboxes, or why not.
    Readiness readiness();

    /// Stops watching; containers go on.
    @Override
    void close();

    /// Whether the runtime and its network can serve.
    record Readiness(boolean runtimeReady, boolean networkReady, String message) {}
}
