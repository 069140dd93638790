package dev.longshore.runtime.streaming;

import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.Streams;

/// What happens between a client's streams and a container: exec or attach. Blocks until it is over;
/// interrupting the thread ends it.
@FunctionalInterface
public interface RemoteSession {

    /// Runs and returns the exit code.
    ///
    /// @throws RuntimeFaultException when the runtime could not
    int run(Streams.Stdio stdio, Streams.Resizes resizes) throws InterruptedException;
}
