package dev.longshore.http;

import io.netty.channel.Channel;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Holds a writing thread back while its channel's outbound buffer is full. There is no limit in time: whoever
/// pauses `logs -f` in a pager keeps the connection; a peer that is really gone is found by TCP keep-alive.
final class WriteGate {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /// Tells waiting writers to look again: the channel became writable or inactive.
    void changed() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void awaitWritable(Channel channel) throws IOException {
        if (channel.isWritable() && channel.isActive()) {
            return;
        }
        lock.lock();
        try {
            while (channel.isActive() && !channel.isWritable()) {
                changed.await();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the peer was slow");
        } finally {
            lock.unlock();
        }
        if (!channel.isActive()) {
            throw new IOException("the peer is gone");
        }
    }
}
