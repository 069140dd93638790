package dev.longshore.docker;

import dev.longshore.base.BlockInput;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/// One of several streams that come one after the other in another: pieces with their lengths before them, four bytes
/// big-endian, and a length of zero at the end. For one thread.
final class FramedInput extends BlockInput {

    private static final int LARGEST_PIECE = 1 << 20;

    private final DataInputStream in;
    private int left;
    private boolean isOver;

    FramedInput(InputStream in) {
        this.in = new DataInputStream(in);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (left == 0 && !next()) {
            return -1;
        }
        int count = in.read(bytes, offset, Math.min(length, left));
        if (count < 0) {
            throw new EOFException("it ends in the middle of a build context");
        }
        left -= count;
        return count;
    }

    private boolean next() throws IOException {
        if (isOver) {
            return false;
        }
        left = in.readInt();
        if (left < 0 || left > LARGEST_PIECE) {
            throw new BuildQuery.BadBuildQueryException(
                    "a build context comes in pieces of at most " + LARGEST_PIECE + " bytes");
        }
        isOver = left == 0;
        return !isOver;
    }

    /// Reads what is left of it, so that the next one begins.
    void finish() throws IOException {
        byte[] rest = new byte[8 << 10];
        while (read(rest, 0, rest.length) >= 0) {
            continue; // Padding behind the end of an archive.
        }
    }
}
