package dev.longshore.apiserver;

import java.io.IOException;
import java.io.OutputStream;

/// Hands on what is written to it frame by frame: each stands behind its length in four bytes, the highest first,
/// which is not handed on. One thread.
final class FrameOutput extends OutputStream {

    private static final int LENGTH_BYTES = 4;

    private final Frames frames;
    private byte[] frame = new byte[LENGTH_BYTES];
    private int filled;
    private boolean isLength = true;

    /// Takes frames.
    @FunctionalInterface
    interface Frames {
        /// The next one; may block.
        void take(byte[] frame) throws IOException, InterruptedException;
    }

    FrameOutput(Frames frames) {
        this.frames = frames;
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        int at = offset;
        int end = offset + length;
        while (at < end) {
            int part = Math.min(end - at, frame.length - filled);
            System.arraycopy(from, at, frame, filled, part);
            at += part;
            filled += part;
            if (filled == frame.length) {
                next();
            }
        }
    }

    private void next() throws IOException {
        if (isLength) {
            frame = new byte[java.nio.ByteBuffer.wrap(frame).getInt()];
        } else {
            handOn(frame);
            frame = new byte[LENGTH_BYTES];
        }
        filled = 0;
        isLength = !isLength;
        if (!isLength && frame.length == 0) {
            next();
        }
    }

    private void handOn(byte[] whole) throws IOException {
        try {
            frames.take(whole);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", ended);
        }
    }
}
