package dev.longshore.runtime.streaming;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/// Hands chunks of bytes from one thread to another that reads them as a stream. Bounded: who puts waits while
/// the reader is slow.
final class ChunkPipe extends InputStream {

    private static final int CHUNKS = 64;
    private static final byte[] END = new byte[0];

    private final BlockingQueue<byte[]> chunks = new ArrayBlockingQueue<>(CHUNKS);
    private byte[] chunk = END;
    private int position;
    private boolean isOver;

    /// Adds bytes; nothing when there are none.
    void put(byte[] bytes) throws InterruptedException {
        if (bytes.length > 0) {
            chunks.put(bytes);
        }
    }

    /// Nothing more comes.
    void end() throws InterruptedException {
        chunks.put(END);
    }

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
        if (isOver || !fill()) {
            return -1;
        }
        int count = Math.min(length, chunk.length - position);
        System.arraycopy(chunk, position, into, offset, count);
        position += count;
        return count;
    }

    @Override
    public int available() {
        return chunk.length - position;
    }

    private boolean fill() throws IOException {
        try {
            if (position == chunk.length) {
                chunk = chunks.take();
                position = 0;
                isOver = chunk.length == 0;
            }
            return !isOver;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted").initCause(interrupted);
        }
    }
}
