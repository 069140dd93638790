package dev.longshore.runtime;

import java.nio.file.Path;
import java.util.List;

/// The port through which sandboxes get their network; bound by whoever wires the node. Thread-safe; idempotent
/// for one sandbox. Built containers (RUN steps) come through it as well.
public interface SandboxNetwork {

    /// Wires the network namespace pinned at `namespace`: interfaces, addresses, routes, port mappings; returns
    /// its addresses, the primary first. A call that fails leaves nothing behind.
    ///
    /// @throws RuntimeFaultException when it could not
    List<String> attach(String sandboxId, Path namespace, SandboxSpec spec) throws InterruptedException;

    /// Takes it all back; harmless when there is nothing, also when the namespace is gone.
    void detach(String sandboxId, Path namespace, SandboxSpec spec) throws InterruptedException;
}
