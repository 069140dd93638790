package dev.longshore.linux;

import java.util.concurrent.atomic.AtomicBoolean;

/// A descriptor that another process has handed over and that means something as long as it is open, as a lock of
/// logind's. Thread-safe; closing it again does nothing.
public final class HeldDescriptor implements AutoCloseable {

    private final int number;
    private final AtomicBoolean isClosed = new AtomicBoolean();

    HeldDescriptor(int number) {
        this.number = number;
    }

    /// For passing it on while it is held.
    int number() {
        return number;
    }

    @Override
    public void close() {
        if (isClosed.compareAndSet(false, true)) {
            try (var call = new LibC.Call()) {
                call.close(number);
            }
        }
    }
}
