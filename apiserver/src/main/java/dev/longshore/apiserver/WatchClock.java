package dev.longshore.apiserver;

import dev.longshore.apiserver.objects.Subscription;
import dev.longshore.base.Time;
import java.time.Duration;

/// Ends a watch when its time is over, and has it say now and then how far it is.
final class WatchClock implements AutoCloseable {

    private static final Duration BETWEEN_BOOKMARKS = Duration.ofMinutes(1);

    private final Time time;
    private final Subscription subscription;
    private final Duration limit;
    private final boolean wantsBookmarks;
    private Time.Timer end = () -> {};
    private Time.Timer bookmark = () -> {};
    private boolean closed;

    WatchClock(Time time, Subscription subscription, Duration limit, boolean wantsBookmarks) {
        this.time = time;
        this.subscription = subscription;
        this.limit = limit;
        this.wantsBookmarks = wantsBookmarks;
    }

    synchronized void start() {
        end = time.schedule(limit, subscription::end);
        if (wantsBookmarks) {
            bookmark = time.schedule(BETWEEN_BOOKMARKS, this::tick);
        }
    }

    private void tick() {
        subscription.requestProgress();
        synchronized (this) {
            if (!closed) {
                bookmark = time.schedule(BETWEEN_BOOKMARKS, this::tick);
            }
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        end.cancel();
        bookmark.cancel();
    }
}
