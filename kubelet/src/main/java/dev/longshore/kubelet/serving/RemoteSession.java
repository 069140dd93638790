package dev.longshore.kubelet.serving;

import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.Streams;

/// What happens between a client's streams and a container: exec or attach. Blocks until it is over;
/// interrupting the thread ends it.
@FunctionalInterface
interface RemoteSession {

    /// Runs and returns the exit code.
    ///
    /// @throws RuntimeFaultException when the runtime could not
    int run(Streams.Stdio stdio, Streams.Resizes resizes) throws InterruptedException;

    /// Runs, and says in any case how it went.
    default ExitReport report(Streams.Stdio stdio, Streams.Resizes resizes) throws InterruptedException {
        try {
            return new ExitReport.Exited(run(stdio, resizes));
        } catch (RuntimeFaultException failure) {
            return ExitReport.of(failure);
        }
    }
}
