package dev.longshore.apiserver;

import dev.longshore.apiserver.objects.Interest;
import dev.longshore.base.Time;
import dev.longshore.model.FaultException;
import dev.longshore.model.Upkeep;
import dev.longshore.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has every [Upkeep] done when its object changes, and every minute.
final class Upkeeping implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Upkeeping.class);
    private static final Duration EVERY = Duration.ofMinutes(1);

    private final Machine machine;
    private final List<Duty> duties = new ArrayList<>();
    private final List<Follower> followers = new ArrayList<>();
    private final AtomicBoolean isStarted = new AtomicBoolean();
    private Time.Timer next = () -> {};
    private boolean isClosed;

    Upkeeping(Machine machine, List<Upkeep> all, Health health) {
        this.machine = machine;
        for (Upkeep one : all) {
            if (machine.catalog().find(one.resource()).isPresent()) {
                duties.add(new Duty(one, health.hook(one.hook())));
            }
        }
    }

    private record Duty(Upkeep upkeep, Runnable done) {}

    /// With the first request, which does not wait for it.
    void startOnce() {
        if (!duties.isEmpty() && !isStarted.get() && isStarted.compareAndSet(false, true)) {
            duties.forEach(this::follow);
            repeat();
        }
    }

    private synchronized void follow(Duty duty) {
        Upkeep upkeep = duty.upkeep;
        var definition = machine.definition(upkeep.resource());
        var key = Versions.keys(definition).object(upkeep.namespace(), upkeep.name());
        followers.add(
                Follower.of(machine, definition, new Interest.Single(key), () -> keep(duty), changes -> keep(duty)));
    }

    private void keep(Duty duty) {
        try {
            duty.upkeep.keep(machine.registry);
            duty.done.run();
        } catch (FaultException | StoreException failed) {
            log.warn(
                    "keeping {} {} in order failed, will try again",
                    duty.upkeep.resource(),
                    duty.upkeep.name(),
                    failed);
        }
    }

    private synchronized void repeat() {
        if (!isClosed) {
            next = machine.time.schedule(EVERY, () -> {
                duties.forEach(this::keep);
                repeat();
            });
        }
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        next.cancel();
        followers.forEach(Follower::close);
    }
}
