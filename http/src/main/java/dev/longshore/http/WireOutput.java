package dev.longshore.http;

import java.io.IOException;
import java.io.OutputStream;

/// The sending half of an upgraded connection: closing it half-closes the connection.
final class WireOutput extends OutputStream {

    private final Wire wire;
    private boolean isClosed;

    WireOutput(Wire wire) {
        this.wire = wire;
    }

    @Override
    public void write(int b) throws IOException {
        wire.out().write(b);
    }

    @Override
    public void write(byte[] source, int from, int length) throws IOException {
        wire.out().write(source, from, length);
    }

    @Override
    public void flush() throws IOException {
        wire.out().flush();
    }

    @Override
    public void close() throws IOException {
        if (!isClosed) {
            isClosed = true;
            wire.out().flush();
            wire.halfClose().run();
        }
    }
}
