package dev.longshore.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;

/// One stream. What arrives waits here until it is read, at most one window of it; what is sent waits for the
/// peer's window.
final class SpdyServerStream implements SpdyStream {

    private static final int LARGEST_FRAME = 16 << 10;

    private final SpdyServerConnection connection;
    private final int id;
    private final Headers headers;
    private final Deque<byte[]> received = new ArrayDeque<>();
    private final In in = new In();
    private final Out out = new Out();
    private int waiting;
    private int sendWindow;
    private boolean inputEnded;
    private boolean outputEnded;
    private boolean isAborted;

    SpdyServerStream(SpdyServerConnection connection, int id, Headers headers, int sendWindow) {
        this.connection = connection;
        this.id = id;
        this.headers = headers;
        this.sendWindow = sendWindow;
    }

    @Override
    public Headers headers() {
        return headers;
    }

    @Override
    public InputStream in() {
        return in;
    }

    @Override
    public OutputStream out() {
        return out;
    }

    @Override
    public void reset() {
        abort();
        try {
            connection.sendReset(id);
        } catch (IOException gone) {
            throw new java.io.UncheckedIOException(gone);
        }
    }

    /// Bytes came; false if the peer overran its window.
    synchronized boolean receive(byte[] bytes) {
        if (bytes.length > 0) {
            waiting += bytes.length;
            received.addLast(bytes);
            notifyAll();
        }
        return waiting <= SpdyServerConnection.WINDOW;
    }

    /// The peer sends no more.
    synchronized void endInput() {
        inputEnded = true;
        notifyAll();
    }

    /// The peer takes `count` more.
    synchronized void widen(int count) {
        sendWindow += count;
        notifyAll();
    }

    /// Over, both ways.
    synchronized void abort() {
        isAborted = true;
        notifyAll();
    }

    /// True when both sides have ended.
    synchronized boolean isOver() {
        return inputEnded && outputEnded || isAborted;
    }

    private int read(byte[] into, int offset, int length) throws IOException {
        int count;
        synchronized (this) {
            while (received.isEmpty() && !inputEnded && !isAborted) {
                pause();
            }
            if (received.isEmpty()) {
                return -1;
            }
            byte[] first = received.removeFirst();
            count = Math.min(length, first.length);
            System.arraycopy(first, 0, into, offset, count);
            if (count < first.length) {
                received.addFirst(java.util.Arrays.copyOfRange(first, count, first.length));
            }
            waiting -= count;
            if (isAborted || inputEnded) {
                return count;
            }
        }
        connection.sendWindowUpdate(id, count);
        return count;
    }

    private void write(byte[] from, int offset, int length) throws IOException {
        int sent = 0;
        while (sent < length) {
            int count;
            synchronized (this) {
                while (sendWindow <= 0 && !isAborted) {
                    pause();
                }
                if (isAborted || outputEnded) {
                    throw new IOException("the stream is closed");
                }
                count = Math.min(Math.min(length - sent, sendWindow), LARGEST_FRAME);
                sendWindow -= count;
            }
            connection.sendData(id, from, offset + sent, count, false);
            sent += count;
        }
    }

    private void endOutput() throws IOException {
        synchronized (this) {
            if (outputEnded || isAborted) {
                return;
            }
            outputEnded = true;
        }
        connection.sendData(id, new byte[0], 0, 0, true);
    }

    private void pause() throws IOException {
        try {
            wait();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
    }

    private final class In extends InputStream {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return SpdyServerStream.this.read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            return length == 0 ? 0 : SpdyServerStream.this.read(into, offset, length);
        }
    }

    private final class Out extends OutputStream {
        @Override
        public void write(int octet) throws IOException {
            SpdyServerStream.this.write(new byte[] {(byte) octet}, 0, 1);
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            SpdyServerStream.this.write(from, offset, length);
        }

        @Override
        public void close() throws IOException {
            endOutput();
        }
    }
}
