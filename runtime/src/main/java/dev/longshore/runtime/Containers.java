package dev.longshore.runtime;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// The containers of this node (CRI v1, RuntimeService). Thread-safe; calls about one container are serialised
/// by the caller.
public interface Containers {

    /// Prepares root file system and bundle; returns the new container's id. A call that fails leaves nothing
    /// behind.
    ///
    /// @throws RuntimeFaultException when it could not
    String create(String sandboxId, ContainerSpec spec) throws InterruptedException;

    /// Starts its process; returns when it runs (or has ended already).
    ///
    /// @throws RuntimeFaultException when the process could not be started, with the OCI runtime's own words
    default void start(String containerId) throws InterruptedException {
        start(containerId, () -> {});
    }

    /// As [#start(String)], and runs `whenCreated` when its streams can be joined and its process has not begun:
    /// who joins then misses nothing.
    void start(String containerId, Runnable whenCreated) throws InterruptedException;

    /// Sends the stop signal, waits at most `grace`, then kills. Returns when it has ended. Idempotent.
    void stop(String containerId, Duration grace) throws InterruptedException;

    /// Sends one signal by name (`SIGTERM`, `SIGUSR1` …) to its first process.
    void signal(String containerId, String signal);

    /// Removes an ended container and its files, not its log. Idempotent.
    void remove(String containerId) throws InterruptedException;

    /// Changes limits of a running container in place.
    ///
    /// @throws RuntimeFaultException when the kernel refuses
    default void update(String containerId, ContainerResources resources) {
        update(containerId, resources, ContainerOptions.Limits.NONE);
    }

    /// The same with further limits; throttles stay as they are.
    void update(String containerId, ContainerResources resources, ContainerOptions.Limits more);

    /// Keeps all its processes from running until [#resume].
    void pause(String containerId) throws InterruptedException;

    /// Lets a paused container go on.
    void resume(String containerId) throws InterruptedException;

    /// Its processes as the host numbers them; empty if it does not run.
    List<Integer> processes(String containerId);

    /// What `ps` prints of this host with `arguments`: a heading, and a line for each process.
    ///
    /// @throws RuntimeFaultException when it takes no such arguments
    String processTable(List<String> arguments) throws InterruptedException;

    /// Goes on in a new log file, after the old one was moved away; returns when it is there. Runtimes that move
    /// logs themselves need not.
    ///
    /// @throws RuntimeFaultException when it does not run
    default void reopenLog(String containerId) throws InterruptedException {}

    /// Every container, running or ended, of this cluster.
    List<ContainerStatus> list();

    /// One of them.
    Optional<ContainerStatus> status(String containerId);

    /// What it uses now; empty if it does not run.
    Optional<ContainerStats> stats(String containerId);

    /// Where what it writes beside its mounts is kept on this machine; empty where it is nowhere. May be gone at any
    /// moment.
    default Optional<java.nio.file.Path> writableLayer(String containerId) {
        return Optional.empty();
    }

    /// Calls `listener` soon after a container ended (also one that ended while this process was away), on a
    /// thread of the runtime's own; it must not block for long. Returns a handle that ends the subscription.
    AutoCloseable onExit(Consumer<ContainerStatus> listener);

    /// Who its first process is, or was; empty for a container that is not there, and from a runtime that does not
    // know.
    default Optional<ContainerUser> user(String containerId) {
        return Optional.empty();
    }
}
