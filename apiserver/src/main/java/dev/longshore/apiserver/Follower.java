package dev.longshore.apiserver;

import dev.longshore.apiserver.objects.Change;
import dev.longshore.apiserver.objects.Interest;
import dev.longshore.apiserver.objects.Signal;
import dev.longshore.apiserver.objects.Subscription;
import dev.longshore.model.FaultException;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows the changes of objects for a part of the server itself, on a thread of its own, until it is closed.
/// When the thread of changes breaks, it begins anew.
final class Follower implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Follower.class);
    private static final Duration AGAIN = Duration.ofSeconds(1);

    private final Machine machine;
    private final ResourceDefinition definition;
    private final Interest interest;
    private final Runnable onBegin;
    private final Consumer<List<Change>> onChange;
    private final Thread thread;
    private volatile boolean isClosed;

    private Follower(
            Machine machine,
            ResourceDefinition definition,
            Interest interest,
            Runnable onBegin,
            Consumer<List<Change>> onChange) {
        this.machine = machine;
        this.definition = definition;
        this.interest = interest;
        this.onBegin = onBegin;
        this.onChange = onChange;
        this.thread = Thread.ofVirtual().name("follow " + definition.resource()).unstarted(this::follow);
    }

    /// Begins.
    ///
    /// @param onBegin runs when changes begin to be told: what changed before can only be read now
    /// @param onChange takes what has changed since it was called last
    static Follower of(
            Machine machine,
            ResourceDefinition definition,
            Interest interest,
            Runnable onBegin,
            Consumer<List<Change>> onChange) {
        var follower = new Follower(machine, definition, interest, onBegin, onChange);
        follower.thread.start();
        return follower;
    }

    @Override
    public void close() {
        isClosed = true;
        thread.interrupt();
    }

    private void follow() {
        try {
            while (!isClosed) {
                try (Subscription changes = machine.caches.subscribe(
                        Versions.keys(definition),
                        definition.storage().indexes(),
                        interest,
                        machine.objects.revision())) {
                    onBegin.run();
                    readWhileItLasts(changes);
                } catch (FaultException | StoreException failed) {
                    if (!isClosed) {
                        log.warn("following {} failed, will try again", definition.resource(), failed);
                        machine.time.sleep(AGAIN);
                    }
                }
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private void readWhileItLasts(Subscription changes) throws InterruptedException {
        while (!isClosed) {
            var told = new ArrayList<Change>();
            boolean isEnded = false;
            for (Signal signal : changes.next()) {
                switch (signal) {
                    case Signal.Changed(Change change) -> told.add(change);
                    case Signal.Progress _ -> {}
                    case Signal.Ended _ -> isEnded = true;
                }
            }
            if (!told.isEmpty()) {
                onChange.accept(told);
            }
            if (isEnded) {
                return;
            }
        }
    }
}
