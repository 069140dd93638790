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
    int exec(String containerId, Exec exec, Stdio stdio, Resizes resizes, Duration limit) throws InterruptedException;

    /// The same with the container's own user, environment and directory.
    default int exec(
            String containerId, List<String> command, boolean tty, Stdio stdio, Resizes resizes, Duration limit)
            throws InterruptedException {
        return exec(containerId, Exec.of(command, tty), stdio, resizes, limit);
    }

    /// Joins the streams of the container's first process until it ends or the caller leaves; what it wrote
    /// before is not repeated.
    default void attach(String containerId, boolean tty, Stdio stdio, Resizes resizes) throws InterruptedException {
        try (Attachment attachment = join(containerId)) {
            attachment.run(stdio, tty ? resizes : Optional::empty);
        }
    }

    /// Joins the streams of the container's first process, which runs or is about to: nothing that it writes
    /// after this has returned is missed.
    ///
    /// @throws RuntimeFaultException when it does not run
    Attachment join(String containerId);

    /// Gives the terminal of the container's first process another size.
    void resize(String containerId, Size size);

    /// Connects to `port` on the loopback address inside the sandbox's network namespace, and pumps until
    /// either side ends.
    ///
    /// @throws RuntimeFaultException when nothing listens there
    void portForward(String sandboxId, int port, InputStream in, OutputStream out) throws InterruptedException;

    /// Streams that are joined.
    interface Attachment extends AutoCloseable {
        /// Pumps until the process ends; interrupting leaves.
        void run(Stdio stdio, Resizes resizes) throws InterruptedException;

        @Override
        void close();
    }

    /// A further process.
    ///
    /// @param env `NAME=value`, added to the container's
    /// @param workingDirectory in place of the container's; empty for that
    /// @param user `uid[:gid]` or names that the container's /etc/passwd and /etc/group know; empty for the
    /// container's own
    /// @param privileged whether it gets every capability
    record Exec(
            List<String> command,
            boolean tty,
            List<String> env,
            String workingDirectory,
            String user,
            boolean privileged) {
        public Exec {
            command = List.copyOf(command);
            env = List.copyOf(env);
        }

        /// As the container's own process is.
        public static Exec of(List<String> command, boolean tty) {
            return new Exec(command, tty, List.of(), "", "", false);
        }
    }

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
