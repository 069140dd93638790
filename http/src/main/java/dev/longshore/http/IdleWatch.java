package dev.longshore.http;

import dev.longshore.base.Time;
import io.netty.channel.Channel;
import java.util.concurrent.atomic.AtomicReference;

/// Looks at a connection now and then, on its event loop, until stopped. One timer a connection instead of one
/// a request: a timer that is armed and disarmed thousands of times a second costs more than a late look.
final class IdleWatch {

    private final Edge edge;
    private final Channel channel;
    private final Runnable look;
    private final AtomicReference<Time.Timer> timer = new AtomicReference<>();
    private volatile boolean isStopped;

    private IdleWatch(Edge edge, Channel channel, Runnable look) {
        this.edge = edge;
        this.channel = channel;
        this.look = look;
    }

    static IdleWatch start(Edge edge, Channel channel, Runnable look) {
        var watch = new IdleWatch(edge, channel, look);
        watch.arm();
        return watch;
    }

    void stop() {
        isStopped = true;
        timer.get().cancel();
    }

    private void arm() {
        timer.set(edge.time().schedule(edge.limits().firstHead(), this::fire));
    }

    private void fire() {
        if (!isStopped && channel.isOpen()) {
            channel.eventLoop().execute(look);
            arm();
        }
    }
}
