package dev.longshore.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/// A stream in pieces, so that another may follow it: before each its length, four bytes big-endian; a length of zero
/// is the end. For one thread.
final class FramedStream extends InputStream {

    private static final int PIECE = 64 << 10;

    private final InputStream in;
    private ByteBuffer piece = ByteBuffer.allocate(0);
    private boolean isOver;

    FramedStream(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (!piece.hasRemaining()) {
            if (isOver) {
                return -1;
            }
            next();
        }
        int count = Math.min(length, piece.remaining());
        piece.get(bytes, offset, count);
        return count;
    }

    private void next() throws IOException {
        byte[] read = in.readNBytes(PIECE);
        isOver = read.length == 0;
        piece = ByteBuffer.allocate(Integer.BYTES + read.length);
        piece.putInt(read.length).put(read).flip();
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
