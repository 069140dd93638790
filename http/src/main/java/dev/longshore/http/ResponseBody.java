package dev.longshore.http;

import dev.longshore.base.BlockInput;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/// The body of an answer on a client's connection: ends where the message ends, and says what becomes of the
/// connection then.
final class ResponseBody extends BlockInput {

    private static final long UNKNOWN = -1;

    private final InputStream in;
    private final Framing framing;
    private final boolean mayGoOn;
    private final End onEnd;
    private long left;
    private boolean isFirstChunk = true;
    private boolean isEnded;

    private ResponseBody(InputStream in, Framing framing, long left, boolean mayGoOn, End onEnd) {
        this.in = in;
        this.framing = framing;
        this.left = left;
        this.mayGoOn = mayGoOn;
        this.onEnd = onEnd;
    }

    static InputStream sized(InputStream in, long length, boolean mayGoOn, End onEnd) {
        var body = new ResponseBody(in, Framing.SIZED, length, mayGoOn, onEnd);
        if (length == 0) {
            body.end(mayGoOn);
        }
        return body;
    }

    static InputStream chunked(InputStream in, boolean mayGoOn, End onEnd) {
        return new ResponseBody(in, Framing.CHUNKED, 0, mayGoOn, onEnd);
    }

    static InputStream untilClose(InputStream in, End onEnd) {
        return new ResponseBody(in, Framing.UNTIL_CLOSE, UNKNOWN, false, onEnd);
    }

    @Override
    public int read(byte[] target, int from, int length) throws IOException {
        if (isEnded) {
            return -1;
        }
        if (length == 0) {
            return 0;
        }
        try {
            return readSome(target, from, length);
        } catch (IOException broken) {
            end(false);
            throw broken;
        }
    }

    @Override
    public int available() throws IOException {
        return isEnded || left == 0 ? 0 : (int) Math.min(left == UNKNOWN ? Integer.MAX_VALUE : left, in.available());
    }

    @Override
    public void close() {
        end(false);
    }

    private int readSome(byte[] target, int from, int length) throws IOException {
        if (framing == Framing.CHUNKED && left == 0 && !nextChunk()) {
            end(mayGoOn);
            return -1;
        }
        int count = in.read(target, from, left == UNKNOWN ? length : (int) Math.min(left, length));
        if (count < 0) {
            if (framing == Framing.UNTIL_CLOSE) {
                end(false);
                return -1;
            }
            throw new EOFException("the server closed the connection within its answer");
        }
        if (left != UNKNOWN) {
            left -= count;
        }
        if (framing == Framing.SIZED && left == 0) {
            end(mayGoOn);
        }
        return count;
    }

    private boolean nextChunk() throws IOException {
        if (!isFirstChunk && !ResponseHead.line(in).isEmpty()) {
            throw new IOException("a chunk does not end where it should");
        }
        isFirstChunk = false;
        String size = ResponseHead.line(in);
        int extension = size.indexOf(';');
        try {
            left = Long.parseLong((extension < 0 ? size : size.substring(0, extension)).strip(), 16);
        } catch (NumberFormatException malformed) {
            throw new IOException("a chunk's size is " + size, malformed);
        }
        if (left < 0) {
            throw new IOException("a chunk's size is " + size);
        }
        if (left > 0) {
            return true;
        }
        // Trailers say nothing that we need.
        while (!ResponseHead.line(in).isEmpty()) {
            isFirstChunk = false;
        }
        return false;
    }

    private void end(boolean isReusable) {
        if (!isEnded) {
            isEnded = true;
            onEnd.ended(isReusable);
        }
    }

    private enum Framing {
        SIZED,
        CHUNKED,
        UNTIL_CLOSE
    }

    /// Learns that the body was read or given up.
    @FunctionalInterface
    interface End {
        void ended(boolean isReusable);
    }
}
