package dev.longshore.runtime;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The pod sandboxes of this node: the namespaces and the cgroup that a pod's containers share (CRI v1,
/// RuntimeService). All calls are idempotent where CRI's are. Thread-safe; calls about one sandbox are
/// serialised by the caller.
public interface Sandboxes {

    /// Makes namespaces, cgroup and network, and returns when they stand. A call that fails leaves nothing
    /// behind.
    ///
    /// @throws RuntimeFaultException when it could not
    SandboxStatus run(SandboxSpec spec) throws InterruptedException;

    /// Ends its containers that still run (SIGKILL) and takes its network down. Idempotent.
    void stop(String sandboxId) throws InterruptedException;

    /// Removes a stopped sandbox, its containers and files. Idempotent.
    void remove(String sandboxId) throws InterruptedException;

    /// The pod's annotations have changed to these. Runtimes to which they mean nothing after the start do nothing.
    default void annotate(String sandboxId, Map<String, String> annotations) {}

    /// Gives the pod's own cgroup other limits; what is empty stays as it is. Runtimes without one do nothing.
    ///
    /// @throws RuntimeFaultException when the kernel refuses
    default void update(String sandboxId, ContainerResources resources) {}

    /// What a sandbox uses now, its containers included; empty where that is not known.
    default Optional<ContainerStats> stats(String sandboxId) {
        return Optional.empty();
    }

    /// What stands, or stood when the host was last up.
    List<SandboxStatus> list();

    /// One of them.
    Optional<SandboxStatus> status(String sandboxId);
}
