package dev.longshore.runtime.streaming;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;

/// Keeps the beginning of what is written, and takes the rest in silence. Thread-safe.
public final class BoundedOutput extends OutputStream {

    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final int most;

    /// Keeps at most `most` bytes.
    public BoundedOutput(int most) {
        this.most = most;
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] from, int offset, int length) {
        kept.write(from, offset, Math.min(length, most - kept.size()));
    }

    /// What is kept so far.
    public synchronized byte[] bytes() {
        return kept.toByteArray();
    }
}
