package dev.longshore.kubelet.node;

import java.util.Set;

/// Which conditions of shortage hold: `MemoryPressure`, `DiskPressure`, `PIDPressure`. Who watches writes it, who
/// tells the cluster and who takes pods on reads it. Thread-safe.
public final class Pressures {

    private volatile Set<String> present = Set.of();

    /// Those that hold.
    public Set<String> present() {
        return present;
    }

    /// These hold now, and no others.
    public void are(Set<String> now) {
        present = Set.copyOf(now);
    }
}
