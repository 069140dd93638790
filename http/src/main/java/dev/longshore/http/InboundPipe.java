package dev.longshore.http;

import dev.longshore.base.BlockInput;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Bytes on their way from an event loop, which never blocks, to a thread that blocks for them.
///
/// The event loop offers chunks and asks [#hasRoom()] before it reads more from the socket; when the reader has
/// made room again, the pipe calls `demand`. So a slow reader slows its peer, and memory stays bounded by the
/// capacity and one read of the socket.
final class InboundPipe extends BlockInput {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<byte[]> chunks = new ArrayDeque<>();
    private final long capacity;
    private final long limitMillis;
    private final Runnable demand;
    private Runnable firstRead;
    private int offset;
    private long buffered;
    private long discarded;
    private boolean isDiscarding;
    private boolean isEnded;
    private String failure = "";

    /// @param limitMillis how long one read may wait, 0 for as long as the connection lives
    InboundPipe(long capacity, long limitMillis, Runnable demand) {
        this.capacity = capacity;
        this.limitMillis = limitMillis;
        this.demand = demand;
        this.firstRead = () -> {};
    }

    /// Lets `task` run when the reader first asks for bytes.
    void onFirstRead(Runnable task) {
        firstRead = task;
    }

    void offer(byte[] chunk) {
        if (chunk.length == 0) {
            return;
        }
        lock.lock();
        try {
            if (isDiscarding) {
                discarded += chunk.length;
                return;
            }
            chunks.add(chunk);
            buffered += chunk.length;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// No more bytes will come.
    void end() {
        lock.lock();
        try {
            isEnded = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// The bytes broke off: readers get `reason` once they have read what came before.
    void fail(String reason) {
        lock.lock();
        try {
            if (!isEnded && failure.isEmpty()) {
                failure = reason;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    boolean hasRoom() {
        lock.lock();
        try {
            return isDiscarding || buffered < capacity;
        } finally {
            lock.unlock();
        }
    }

    /// Blocks until there is room, for a feeder that may block; returns as well when nobody will read any more.
    void awaitRoom() throws IOException {
        lock.lock();
        try {
            while (buffered >= capacity && !isDiscarding && !isEnded && failure.isEmpty()) {
                changed.await();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the reader was slow");
        } finally {
            lock.unlock();
        }
    }

    boolean isEnded() {
        lock.lock();
        try {
            return isEnded;
        } finally {
            lock.unlock();
        }
    }

    /// How many bytes came that nobody wanted.
    long discarded() {
        lock.lock();
        try {
            return discarded;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int read(byte[] target, int from, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        firstRead.run();
        firstRead = () -> {};
        boolean madeRoom;
        int count;
        lock.lock();
        try {
            if (!await()) {
                return -1;
            }
            boolean wasFull = buffered >= capacity;
            count = take(target, from, length);
            madeRoom = wasFull && buffered < capacity;
        } finally {
            lock.unlock();
        }
        if (madeRoom) {
            demand.run();
        }
        return count;
    }

    @Override
    public int available() {
        lock.lock();
        try {
            return (int) Math.min(buffered, Integer.MAX_VALUE);
        } finally {
            lock.unlock();
        }
    }

    /// Drops what is here and what still comes.
    @Override
    public void close() {
        lock.lock();
        try {
            isDiscarding = true;
            discarded += buffered;
            buffered = 0;
            chunks.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        demand.run();
    }

    /// False at the end.
    private boolean await() throws IOException {
        long left = TimeUnit.MILLISECONDS.toNanos(limitMillis);
        while (chunks.isEmpty()) {
            if (!failure.isEmpty()) {
                throw new IOException(failure);
            }
            if (isEnded || isDiscarding) {
                return false;
            }
            try {
                if (limitMillis == 0) {
                    changed.await();
                } else if (left <= 0) {
                    throw new InterruptedIOException("the peer sent nothing for " + limitMillis + " ms");
                } else {
                    left = changed.awaitNanos(left);
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while reading");
            }
        }
        return true;
    }

    private int take(byte[] target, int from, int length) {
        byte[] first = chunks.getFirst();
        int count = Math.min(length, first.length - offset);
        System.arraycopy(first, offset, target, from, count);
        offset += count;
        if (offset == first.length) {
            chunks.removeFirst();
            offset = 0;
        }
        buffered -= count;
        changed.signalAll();
        return count;
    }
}
