package dev.longshore.runtime.linux;

import dev.longshore.base.BlockOutput;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// The errors of a process that an OCI runtime is to start: what comes before there is such a process are the
/// runtime's own words, which are told elsewhere. They are held back until a file says that the process is there.
final class LateOutput extends BlockOutput {

    private static final int MOST = 64 << 10;
    private static final int TURNS = 20;
    private static final long TURN_MILLIS = 5;

    private final OutputStream out;
    private final Path sign;
    private final ByteArrayOutputStream held = new ByteArrayOutputStream();
    private boolean isOpen;

    /// @param sign is there once the process is
    LateOutput(OutputStream out, Path sign) {
        this.out = out;
        this.sign = sign;
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        if (!isOpen && (isThere() || held.size() > MOST)) {
            release();
        }
        if (isOpen) {
            out.write(bytes, offset, length);
        } else {
            held.write(bytes, offset, length);
        }
    }

    // A process may write before its starter has said that it is there.
    private synchronized boolean isThere() throws IOException {
        try {
            for (int i = 0; i < TURNS && !Files.exists(sign); i++) {
                wait(TURN_MILLIS);
            }
            return Files.exists(sign);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", stopped);
        }
    }

    @Override
    public synchronized void flush() throws IOException {
        if (!isOpen && Files.exists(sign)) {
            release();
        }
        if (isOpen) {
            out.flush();
        }
    }

    /// It was the process that wrote: hands on what was held back.
    synchronized void release() throws IOException {
        isOpen = true;
        held.writeTo(out);
        held.reset();
        out.flush();
    }
}
