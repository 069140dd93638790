package dev.longshore.kubelet.probes;

import java.time.Duration;

/// Does what probes and hooks ask for. Thread-safe; blocks, at most for `limit`.
public interface Actions {

    /// Does it once.
    Verdict run(Action action, Target target, Duration limit) throws InterruptedException;
}
