package dev.longshore.apiserver.audit;

import java.io.IOException;
import java.io.OutputStream;

/// Where lines go. Thread-safe.
interface LineFile extends AutoCloseable {

    /// Appends `line`, which ends as lines do, as a whole or not at all.
    void write(byte[] line) throws IOException;

    @Override
    void close();

    /// Writes to `out`, which stays open.
    static LineFile of(OutputStream out) {
        return new LineFile() {
            @Override
            public synchronized void write(byte[] line) throws IOException {
                out.write(line);
                out.flush();
            }

            @Override
            public void close() {}
        };
    }
}
