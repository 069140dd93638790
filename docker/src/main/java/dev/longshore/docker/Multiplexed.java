package dev.longshore.docker;

import dev.longshore.base.BlockOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/// The frames by which stdout and stderr share a connection: a byte that says which, three of nothing, four of
/// length, and that many of content. Frames of several threads do not mix.
final class Multiplexed {

    static final int STDOUT = 1;
    static final int STDERR = 2;
    static final String CONTENT_TYPE = "application/vnd.docker.multiplexed-stream";
    static final String RAW = "application/vnd.docker.raw-stream";

    private static final int HEADER = 8;
    private static final int LENGTH_AT = 4;

    private final OutputStream out;

    Multiplexed(OutputStream out) {
        this.out = out;
    }

    /// The stream `number`; flushing sends what is there.
    OutputStream stream(int number) {
        return new BlockOutput() {
            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                frame(number, bytes, offset, length);
            }

            @Override
            public void flush() throws IOException {
                synchronized (Multiplexed.this) {
                    out.flush();
                }
            }
        };
    }

    private synchronized void frame(int number, byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return;
        }
        byte[] header = new byte[HEADER];
        header[0] = (byte) number;
        ByteBuffer.wrap(header).putInt(LENGTH_AT, length);
        out.write(header);
        out.write(bytes, offset, length);
    }
}
