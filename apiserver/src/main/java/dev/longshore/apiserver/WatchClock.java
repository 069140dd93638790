package dev.longshore.apiserver;

import dev.longshore.apiserver.objects.Subscription;
import dev.longshore.base.Time;
import java.time.Duration;

/// Ends a watch when its time is over, has it say now and then how far it is, and breaks it off when its client
/// does not read.
final class WatchClock implements AutoCloseable {

    private static final Duration BETWEEN_BOOKMARKS = Duration.ofMinutes(1);
    /// A last bookmark before the end spares the client what it would be told again.
    private static final Duration BEFORE_END = Duration.ofSeconds(2);
    /// How long one piece may be on its way to the client.
    private static final Duration STALL = Duration.ofSeconds(30);

    private final Time time;
    private final Subscription subscription;
    private final boolean wantsBookmarks;
    private final Thread writer;
    private final long deadline;
    private Time.Timer end = () -> {};
    private Time.Timer bookmark = () -> {};
    private Time.Timer stall = () -> {};
    private boolean closed;
    private long pieces;
    private boolean isWriting;

    /// @param writer the thread that writes to the client
    WatchClock(Time time, Subscription subscription, Duration limit, boolean wantsBookmarks, Thread writer) {
        this.time = time;
        this.subscription = subscription;
        this.deadline = time.nanoTime() + limit.toNanos();
        this.wantsBookmarks = wantsBookmarks;
        this.writer = writer;
    }

    synchronized void start() {
        end = time.schedule(Duration.ofNanos(deadline - time.nanoTime()), subscription::end);
        scheduleBookmark();
        stall = time.schedule(STALL, () -> lookAfter(-1));
    }

    /// Something is about to be written.
    synchronized void writing() {
        isWriting = true;
    }

    /// It has been written.
    synchronized void written() {
        isWriting = false;
        pieces++;
    }

    private void tick() {
        subscription.requestProgress();
        synchronized (this) {
            scheduleBookmark();
        }
    }

    private void scheduleBookmark() {
        if (closed || !wantsBookmarks) {
            return;
        }
        Duration beforeEnd = Duration.ofNanos(deadline - time.nanoTime()).minus(BEFORE_END);
        boolean isEndNear = beforeEnd.isPositive() && beforeEnd.compareTo(BETWEEN_BOOKMARKS) < 0;
        bookmark = time.schedule(isEndNear ? beforeEnd : BETWEEN_BOOKMARKS, this::tick);
    }

    /// Breaks off a writer that was at the same piece when last looked after.
    private synchronized void lookAfter(long seen) {
        if (closed) {
            return;
        }
        if (isWriting && pieces == seen) {
            writer.interrupt();
            return;
        }
        long now = isWriting ? pieces : -1;
        stall = time.schedule(STALL, () -> lookAfter(now));
    }

    @Override
    public synchronized void close() {
        closed = true;
        end.cancel();
        bookmark.cancel();
        stall.cancel();
    }
}
