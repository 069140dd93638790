package dev.longshore.runtime.linux;

import dev.longshore.linux.Commands.Result;
import dev.longshore.linux.HostPaths;
import dev.longshore.linux.Mounts;
import dev.longshore.runtime.IdRange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Root file systems of containers whose pods have a user namespace: theirs is mounted over layers with shifted owners,
/// under a directory that the namespace's root can pass through.
final class MappedRoots {

    private final NodeState state;
    private final HostPaths host;
    private final SandboxNamespaces namespaces;
    private final Mounts mounts;

    MappedRoots(NodeState state, HostPaths host, SandboxNamespaces namespaces, Mounts mounts) {
        this.state = state;
        this.host = host;
        this.namespaces = namespaces;
        this.mounts = mounts;
    }

    /// Fits the bundle in `directory`, with `config` for container `id`, to the pod's users if it has its own.
    void prepare(SandboxFacts sandbox, String id, Path directory, ObjectNode config) {
        Optional<IdRange> users = sandbox.spec().users();
        if (users.isEmpty()) {
            return;
        }
        MappedIds.addTo(config, users.get(), host.mappedRoots().resolve(id));
        try {
            // The root of the overlay looks like its upper directory.
            Files.setAttribute(
                    directory.resolve("upper"), "unix:uid", (int) users.get().first());
            Files.setAttribute(
                    directory.resolve("upper"), "unix:gid", (int) users.get().first());
        } catch (IOException denied) {
            throw new UncheckedIOException(denied);
        }
    }

    /// What [OciRuntime#start] needs, which `start` calls.
    Result around(Container container, Path directory, Start start) throws InterruptedException {
        int count = container.created().layers();
        SandboxFacts sandbox = state.sandbox(container.created().sandboxId()).facts();
        Optional<Path> users = namespaces.users(sandbox.id(), sandbox.spec());
        if (users.isEmpty()) {
            return start.with(OciRuntime.RootMount.inBundle(count));
        }
        var layers = new MappedLayers(host, mounts, container.id());
        try {
            String lower = layers.show(directory, count, users.get());
            String root = host.mappedRoots().resolve(container.id()).toString();
            return start.with(new OciRuntime.RootMount(lower, root));
        } finally {
            layers.hide();
        }
    }

    /// Takes away what a process that was killed while it started containers has left.
    void sweep() throws InterruptedException {
        MappedLayers.sweep(host, mounts);
    }

    /// Mounts a root file system and starts what stands on it.
    @FunctionalInterface
    interface Start {
        Result with(OciRuntime.RootMount mount) throws InterruptedException;
    }
}
