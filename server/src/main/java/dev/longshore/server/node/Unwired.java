package dev.longshore.server.node;

import dev.longshore.runtime.SandboxNetwork;
import dev.longshore.runtime.SandboxSpec;
import java.nio.file.Path;
import java.util.List;

/// Leaves sandboxes without a network: whoever makes them leads the cables in.
public final class Unwired implements SandboxNetwork {

    @Override
    public List<String> attach(String sandboxId, Path namespace, SandboxSpec spec) {
        return List.of();
    }

    @Override
    public void detach(String sandboxId, Path namespace, SandboxSpec spec) {}
}
