package dev.longshore.server.backup;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.Optional;

/// Gives out what comes in pieces, one after the other. For one thread.
abstract class PieceInput extends InputStream {

    private byte[] piece = {};
    private int at;
    private boolean isOver;

    /// The next piece, which may be empty; nothing at the end, after which it is not asked again.
    abstract Optional<byte[]> next() throws IOException;

    @Override
    public final int read() throws IOException {
        return more() ? piece[at++] & 0xff : -1;
    }

    @Override
    public final int read(byte[] into, int from, int length) throws IOException {
        Objects.checkFromIndexSize(from, length, into.length);
        if (length == 0) {
            return 0;
        }
        if (!more()) {
            return -1;
        }
        int part = Math.min(length, piece.length - at);
        System.arraycopy(piece, at, into, from, part);
        at += part;
        return part;
    }

    /// Reads what is left.
    final void skipAll() throws IOException {
        do {
            at = piece.length;
        } while (more());
    }

    /// Whether there is a byte to read; fetches pieces if need be.
    private boolean more() throws IOException {
        while (at == piece.length && !isOver) {
            Optional<byte[]> fetched = next();
            isOver = fetched.isEmpty();
            piece = fetched.orElseGet(() -> new byte[0]);
            at = 0;
        }
        return at < piece.length;
    }
}
