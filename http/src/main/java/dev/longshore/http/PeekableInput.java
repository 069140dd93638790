package dev.longshore.http;

import java.io.IOException;
import java.io.InputStream;

/// Buffered input that can be watched for its end while nobody reads: the watcher reads ahead into the buffer,
/// and whoever reads next waits for it. One reader.
final class PeekableInput extends InputStream {

    private static final int BUFFER = 16 << 10;

    private final InputStream source;
    private final byte[] buffer = new byte[BUFFER];
    private int position;
    private int limit;
    private boolean isAtEnd;
    private Thread watcher;

    PeekableInput(InputStream source) {
        this.source = source;
    }

    /// Calls `onEnd` if the input ends or breaks while nobody reads.
    void watch(Runnable onEnd) {
        if (position < limit || watcher != null) {
            return;
        }
        watcher = Thread.ofVirtual().name("peer-watch").start(() -> {
            try {
                fill();
            } catch (IOException broken) {
                isAtEnd = true;
            }
            if (isAtEnd) {
                onEnd.run();
            }
        });
    }

    @Override
    public int read() throws IOException {
        return prepare() ? buffer[position++] & 0xff : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!prepare()) {
            return -1;
        }
        int count = Math.min(length, limit - position);
        System.arraycopy(buffer, position, into, offset, count);
        position += count;
        return count;
    }

    @Override
    public int available() throws IOException {
        return watcher == null || !watcher.isAlive() ? limit - position + source.available() : 0;
    }

    private boolean prepare() throws IOException {
        awaitWatcher();
        if (position == limit && !isAtEnd) {
            fill();
        }
        return position < limit;
    }

    private void awaitWatcher() throws IOException {
        if (watcher == null) {
            return;
        }
        try {
            watcher.join();
            watcher = null;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while reading", interrupted);
        }
    }

    private void fill() throws IOException {
        int read = source.read(buffer);
        position = 0;
        limit = Math.max(0, read);
        isAtEnd = read < 0;
    }
}
