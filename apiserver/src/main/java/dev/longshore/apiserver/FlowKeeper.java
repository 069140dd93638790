package dev.longshore.apiserver;

import dev.longshore.apiserver.flow.FlowControl;
import dev.longshore.apiserver.flow.FlowUpkeep;
import dev.longshore.apiserver.objects.Interest;
import dev.longshore.base.Time;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets flow control go by its objects from the moment they change, moves unused seats every few seconds, and
/// counts objects now and then.
final class FlowKeeper implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(FlowKeeper.class);
    private static final Duration LENDING = Duration.ofSeconds(10);
    private static final Duration UPKEEP = Duration.ofMinutes(1);

    private final Machine machine;
    private final FlowControl control;
    private final FlowUpkeep upkeep;
    private final ObjectCounts counts;
    private final List<Follower> followers = new ArrayList<>();
    private final AtomicReference<Time.Timer> lending = new AtomicReference<>(() -> {});
    private final AtomicReference<Time.Timer> upkeeping = new AtomicReference<>(() -> {});
    private final AtomicBoolean isStarted = new AtomicBoolean();
    private volatile boolean isClosed;

    FlowKeeper(Machine machine, FlowControl control, ObjectCounts counts) {
        this.machine = machine;
        this.control = control;
        this.counts = counts;
        this.upkeep = new FlowUpkeep(machine.registry, control, machine.time);
    }

    /// With the first request: makes the objects that are missing, goes by what is there, and begins to follow
    /// changes. Requests that come meanwhile find the mandatory levels. A server without these kinds does without.
    void startOnce() {
        if (isStarted.get() || !isStarted.compareAndSet(false, true)) {
            return;
        }
        boolean isServed = machine.catalog().find(FlowUpkeep.LEVELS).isPresent()
                && machine.catalog().find(FlowUpkeep.SCHEMAS).isPresent();
        if (isServed) {
            start();
        }
    }

    private void start() {
        upkeep.maintain();
        upkeep.reload();
        counts.refresh();
        for (GroupResource resource : List.of(FlowUpkeep.LEVELS, FlowUpkeep.SCHEMAS)) {
            ResourceDefinition definition = machine.definition(resource);
            // What changed before the subscription began is read, too.
            followers.add(Follower.of(
                    machine, definition, new Interest.Everything(), upkeep::reload, changes -> upkeep.reload()));
        }
        repeat(lending, LENDING, control::lend);
        repeat(upkeeping, UPKEEP, () -> {
            upkeep.maintain();
            counts.refresh();
        });
    }

    @Override
    public void close() {
        isClosed = true;
        lending.get().cancel();
        upkeeping.get().cancel();
        followers.forEach(Follower::close);
    }

    private void repeat(AtomicReference<Time.Timer> timer, Duration pause, Runnable task) {
        timer.set(machine.time.schedule(pause, () -> {
            if (isClosed) {
                return;
            }
            try {
                task.run();
            } catch (FaultException | StoreException failed) {
                log.warn("keeping flow control in order failed, will try again", failed);
            } finally {
                repeat(timer, pause, task);
            }
        }));
    }
}
