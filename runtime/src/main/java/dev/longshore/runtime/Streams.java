package dev.longshore.runtime;

import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Live bytes into and out of containers. Each call blocks until the conversation is over or its thread is
/// interrupted.
public interface Streams {

    /// Runs a further process in a container and pumps its streams; returns its exit code. A process whose
    /// caller is interrupted is killed.
    ///
    /// @throws RuntimeFaultException when it could not be started
    int exec(String containerId, List<String> command, boolean tty, Stdio stdio, Resizes resizes, Duration limit)
            throws InterruptedException;

    /// Joins the streams of the container's first process until it ends or the caller leaves; what it wrote
    /// before is not repeated.
    void attach(String containerId, boolean tty, Stdio stdio, Resizes resizes) throws InterruptedException;

    /// Connects to `port` on the loopback address inside the sandbox's network namespace, and pumps until
    /// either side ends.
    ///
    /// @throws RuntimeFaultException when nothing listens there
    void portForward(String sandboxId, int port, InputStream in, OutputStream out) throws InterruptedException;

    /// The caller's ends. With a terminal there is no stderr of its own.
    record Stdio(Optional<InputStream> in, Optional<OutputStream> out, Optional<OutputStream> err) {}

    /// The window sizes that the caller's terminal takes, as they come.
    @FunctionalInterface
    interface Resizes {
        /// Blocks for the next size; empty when there will be none.
        Optional<Size> next() throws InterruptedException;
    }

    /// A terminal window in characters.
    record Size(int columns, int rows) {}
}
