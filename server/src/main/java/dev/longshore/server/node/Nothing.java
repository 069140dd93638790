package dev.longshore.server.node;

import dev.longshore.base.Digest;
import dev.longshore.runtime.Images;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.SandboxNetwork;
import dev.longshore.runtime.SandboxSpec;
import dev.longshore.runtime.linux.LinuxRuntime;
import dev.longshore.runtime.linux.RootFilesystems;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What a runtime gets that shall only clean up: it can start nothing, and lets go of everything.
public final class Nothing implements RootFilesystems, Images, SandboxNetwork {

    private Nothing() {}

    /// The ports of such a runtime. Networks are cleaned up apart, as a whole.
    public static LinuxRuntime.Ports ports() {
        var nothing = new Nothing();
        return new LinuxRuntime.Ports(nothing, nothing, nothing);
    }

    @Override
    public Prepared prepare(Digest image, String containerId) {
        throw refused();
    }

    @Override
    public void release(String containerId) {}

    @Override
    public Optional<ImageStatus> status(String reference) {
        return Optional.empty();
    }

    @Override
    public ImageStatus pull(String reference, Optional<Credentials> credentials) {
        throw refused();
    }

    @Override
    public List<ImageStatus> list() {
        return List.of();
    }

    @Override
    public void remove(String reference) {}

    @Override
    public List<String> attach(String sandboxId, Path namespace, SandboxSpec spec) {
        throw refused();
    }

    @Override
    public void detach(String sandboxId, Path namespace, SandboxSpec spec) {}

    private static RuntimeFaultException refused() {
        return new RuntimeFaultException(RuntimeFaultException.Kind.FAILED, "this runtime only cleans up");
    }
}
