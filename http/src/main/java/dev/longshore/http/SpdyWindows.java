package dev.longshore.http;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// How much we may send: one window for the session, one for each stream, all under one lock.
///
/// The client that nearly everybody uses, the one in kubectl, ignores windows: it never sends WINDOW_UPDATE.
/// Held to the letter it would hang after 64 KiB. So windows bind only after the peer has shown that it knows
/// them, by its first SETTINGS or WINDOW_UPDATE; until then TCP alone holds us back.
final class SpdyWindows {

    static final int INITIAL = 64 * 1024;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Window session = new Window(INITIAL);
    private int initial = INITIAL;
    private boolean isStreamBinding;
    private boolean isSessionBinding;
    private boolean isGone;

    Window open() {
        lock.lock();
        try {
            return new Window(initial);
        } finally {
            lock.unlock();
        }
    }

    /// Waits until something may be sent on `stream`; answers how much, at most `wanted`, and counts it as
    /// sent.
    int take(Window stream, int wanted) throws IOException {
        lock.lock();
        try {
            while (!isGone && !stream.isGone && allowed(stream, wanted) <= 0) {
                changed.await();
            }
            if (isGone || stream.isGone) {
                throw new IOException("the peer is gone");
            }
            int allowed = allowed(stream, wanted);
            session.left -= allowed;
            stream.left -= allowed;
            return allowed;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the peer was slow");
        } finally {
            lock.unlock();
        }
    }

    void growSession(int delta) {
        lock.lock();
        try {
            isSessionBinding = true;
            session.left += delta;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void grow(Window stream, int delta) {
        lock.lock();
        try {
            isStreamBinding = true;
            stream.left += delta;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// The peer set the size of streams' windows to `size`; answers by how much open ones change.
    int resize(int size) {
        lock.lock();
        try {
            isStreamBinding = true;
            int delta = size - initial;
            initial = size;
            return delta;
        } finally {
            lock.unlock();
        }
    }

    /// Nothing can be sent on `stream` any more.
    void end(Window stream) {
        lock.lock();
        try {
            stream.isGone = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Nothing can be sent any more.
    void endAll() {
        lock.lock();
        try {
            isGone = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private int allowed(Window stream, int wanted) {
        long allowed = wanted;
        if (isStreamBinding) {
            allowed = Math.min(allowed, stream.left);
        }
        if (isSessionBinding) {
            allowed = Math.min(allowed, session.left);
        }
        return (int) allowed;
    }

    /// What is left for one stream, guarded by the lock of its owner.
    static final class Window {
        private long left;
        private boolean isGone;

        private Window(long left) {
            this.left = left;
        }
    }
}
