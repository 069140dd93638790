package dev.longshore.kubelet.probes;

import java.time.Duration;

/// Does what probes and hooks ask for. Thread-safe; blocks, at most for `limit`.
public interface Actions {

    /// Does it once, to find out.
    Verdict run(Action action, Target target, Duration limit) throws InterruptedException;

    /// Does it once, to tell: whatever an HTTP server answers, it has been told.
    Verdict tell(Action action, Target target, Duration limit) throws InterruptedException;
}
