package dev.longshore.kubelet.node;

/// Whether the machine is about to go down. Who hears of it writes it; who takes pods on and who tells the cluster read
/// it. Thread-safe.
public final class ShutdownState {

    private volatile boolean isUnderWay;

    /// Whether the machine is about to go down.
    public boolean isUnderWay() {
        return isUnderWay;
    }

    /// It is, or it is no longer.
    public void is(boolean now) {
        isUnderWay = now;
    }
}
