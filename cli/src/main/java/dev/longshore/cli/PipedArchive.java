package dev.longshore.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.concurrent.atomic.AtomicReference;

/// An archive that is read while a thread of its own writes it, a little ahead.
final class PipedArchive {

    private static final int AHEAD = 256 << 10;

    private PipedArchive() {}

    /// Writes an archive.
    @FunctionalInterface
    interface Writer {
        void write(OutputStream out) throws IOException;
    }

    /// What `writer` writes; its failure is the reader's.
    static InputStream of(Writer writer) throws IOException {
        var out = new PipedOutputStream();
        var failure = new AtomicReference<IOException>();
        var in = new PipedInputStream(out, AHEAD) {
            @Override
            public synchronized int read(byte[] bytes, int offset, int length) throws IOException {
                int count = super.read(bytes, offset, length);
                if (count < 0 && failure.get() != null) {
                    throw new IOException(
                            "cannot send the build context: " + failure.get().getMessage(), failure.get());
                }
                return count;
            }
        };
        Thread.ofVirtual().name("build-context").start(() -> {
            try (out) {
                try {
                    writer.write(out);
                } catch (IOException failed) {
                    failure.set(failed); // Before the pipe ends, so that its end is not taken for the archive's.
                }
            } catch (IOException gone) {
                failure.compareAndSet(null, gone);
            }
        });
        return in;
    }
}
