package dev.longshore.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// A streamed body: in chunks (RFC 9112, section 7.1), or as it is when the length was announced or the
/// connection's end is the body's. Sends when flushed or when 16 KiB are full.
final class BodyOutput extends OutputStream {

    private static final int BUFFER = 16 << 10;
    private static final byte[] LINE_END = {'\r', '\n'};
    private static final byte[] LAST = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final OutputStream out;
    private final boolean isChunked;
    private final byte[] buffer = new byte[BUFFER];
    private int count;

    BodyOutput(OutputStream out, boolean isChunked) {
        this.out = out;
        this.isChunked = isChunked;
    }

    @Override
    public void write(int octet) throws IOException {
        if (count == BUFFER) {
            send();
        }
        buffer[count++] = (byte) octet;
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        if (length > BUFFER - count) {
            send();
            if (length >= BUFFER) {
                chunk(from, offset, length);
                return;
            }
        }
        System.arraycopy(from, offset, buffer, count, length);
        count += length;
    }

    @Override
    public void flush() throws IOException {
        send();
        out.flush();
    }

    /// Ends the body; the connection stays.
    void end() throws IOException {
        send();
        if (isChunked) {
            out.write(LAST);
        }
        out.flush();
    }

    private void send() throws IOException {
        if (count > 0) {
            chunk(buffer, 0, count);
            count = 0;
        }
    }

    private void chunk(byte[] from, int offset, int length) throws IOException {
        if (isChunked) {
            out.write((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        }
        out.write(from, offset, length);
        if (isChunked) {
            out.write(LINE_END);
        }
    }
}
