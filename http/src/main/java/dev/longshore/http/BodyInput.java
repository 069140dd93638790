package dev.longshore.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/// The body of a message on a connection that goes on after it (RFC 9112, sections 6 and 7). Reads end where
/// the body ends.
final class BodyInput extends InputStream {

    private static final int MOST_DRAINED = 256 << 10;
    private static final int LONGEST_LINE = 4096;

    private final InputStream in;
    private final boolean isChunked;
    private final Runnable beforeFirstRead;
    private long left;
    private boolean isDone;
    private boolean hasBegun;

    private BodyInput(InputStream in, boolean isChunked, long length, Runnable beforeFirstRead) {
        this.in = in;
        this.isChunked = isChunked;
        this.left = length;
        this.isDone = !isChunked && length == 0;
        this.beforeFirstRead = beforeFirstRead;
    }

    /// The body that `headers` announce.
    ///
    /// @param untilClose what to take when they announce none: everything, or nothing
    static BodyInput of(InputStream in, Headers headers, boolean untilClose, Runnable beforeFirstRead)
            throws IOException {
        if (headers.hasToken("Transfer-Encoding", "chunked")) {
            return new BodyInput(in, true, 0, beforeFirstRead);
        }
        Optional<String> length = headers.first("Content-Length");
        if (length.isEmpty()) {
            return new BodyInput(in, false, untilClose ? Long.MAX_VALUE : 0, beforeFirstRead);
        }
        if (!length.get().matches("\\d{1,18}")) {
            throw new MessageHead.MalformedException(400, "malformed Content-Length");
        }
        return new BodyInput(in, false, Long.parseLong(length.get()), beforeFirstRead);
    }

    /// True once everything was read.
    boolean isDone() {
        return isDone;
    }

    /// Reads and forgets a short rest, so that the next message can come.
    ///
    /// @return false when too much is left
    boolean drain() throws IOException {
        byte[] rest = new byte[8192];
        int total = 0;
        while (!isDone && total < MOST_DRAINED) {
            if (!hasBegun && beforeFirstRead != NOTHING) {
                return false;
            }
            total += Math.max(0, read(rest, 0, rest.length));
        }
        return isDone;
    }

    /// Nothing to do before the first read.
    static final Runnable NOTHING = () -> {};

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (isDone) {
            return -1;
        }
        if (!hasBegun) {
            hasBegun = true;
            beforeFirstRead.run();
        }
        if (isChunked && left == 0 && !nextChunk()) {
            return -1;
        }
        int read = in.read(into, offset, (int) Math.min(length, left));
        if (read < 0) {
            isDone = true;
            if (isChunked || left < Long.MAX_VALUE / 2) {
                throw new IOException("the peer closed the connection in the middle of a body");
            }
            return -1;
        }
        left -= read;
        if (left == 0) {
            if (isChunked) {
                line();
            } else {
                isDone = true;
            }
        }
        return read;
    }

    private boolean nextChunk() throws IOException {
        String size = line();
        int extension = size.indexOf(';');
        String digits = (extension < 0 ? size : size.substring(0, extension)).strip();
        if (!digits.matches("[0-9a-fA-F]{1,15}")) {
            throw new MessageHead.MalformedException(400, "malformed chunk size");
        }
        left = Long.parseLong(digits, 16);
        if (left == 0) {
            while (!line().isEmpty()) {
                continue;
            }
            isDone = true;
            return false;
        }
        return true;
    }

    private String line() throws IOException {
        var text = new StringBuilder();
        for (int octet = in.read(); octet != '\n'; octet = in.read()) {
            if (octet < 0 || text.length() > LONGEST_LINE) {
                throw new IOException("broken chunked body");
            }
            text.append((char) octet);
        }
        return text.toString().strip();
    }
}
