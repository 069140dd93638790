package dev.longshore.runtime;

import dev.longshore.linux.Processes;

/// Signals as people spell them.
public final class Signals {

    private Signals() {}

    /// The number of a signal spelt as `SIGTERM`, `TERM`, `RTMIN+3` or `15`.
    ///
    /// @throws IllegalArgumentException when there is none
    public static int number(String name) {
        return Processes.signalNumber(name);
    }
}
