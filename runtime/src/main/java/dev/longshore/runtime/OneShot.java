package dev.longshore.runtime;

import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Runs one command in a container of its own over a root file system that the caller gives and keeps: a
/// build's RUN step. As isolated as a pod is: own pid, mount, ipc, uts and (unless the host's is asked for)
/// network namespaces, seccomp, default capabilities.
public interface OneShot {

    /// Runs to the end and returns the exit code. Interrupting the thread kills the process; nothing stays
    /// mounted, and what was made to mount upon is gone from the upper directory.
    ///
    /// @throws RuntimeFaultException when it could not be started
    int run(Step step, OutputStream stdout, OutputStream stderr) throws InterruptedException;

    /// What to run.
    ///
    /// @param lowerDirectories the read-only layers, topmost first
    /// @param upperDirectory receives what the step changes, in overlayfs form
    /// @param workDirectory overlayfs's scratch, on the file system of `upperDirectory`
    /// @param user `uid[:gid]` or names that the image's own /etc/passwd and /etc/group know; empty for root
    /// @param sandbox what surrounds it
    /// @param mounts what it sees besides
    record Step(
            List<Path> lowerDirectories,
            Path upperDirectory,
            Path workDirectory,
            List<String> arguments,
            Map<String, String> env,
            String workingDirectory,
            String user,
            StepSandbox sandbox,
            List<StepMount> mounts) {
        public Step {
            lowerDirectories = List.copyOf(lowerDirectories);
            arguments = List.copyOf(arguments);
            env = Map.copyOf(env);
            mounts = List.copyOf(mounts);
        }
    }
}
