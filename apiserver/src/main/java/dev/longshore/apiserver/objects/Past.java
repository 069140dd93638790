package dev.longshore.apiserver.objects;

import dev.longshore.model.Fault;
import dev.longshore.store.KeyValue;
import dev.longshore.store.StoreException;
import dev.longshore.store.StoreFault;
import dev.longshore.store.Watcher;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What a subscriber missed before it came, read from the store's history.
final class Past implements AutoCloseable {

    private final Watcher watcher;
    private long position;

    /// @param watcher of what comes after the revision `after`
    Past(Watcher watcher, long after) {
        this.watcher = watcher;
        this.position = after;
    }

    /// The next piece of history; empty if there is none, after `subscription` was told to go live.
    List<Signal> read(Subscription subscription) throws InterruptedException {
        try {
            Optional<Watcher.Batch> batch = watcher.next(Duration.ZERO);
            if (batch.isEmpty()) {
                subscription.goLive(position);
                return List.of();
            }
            position = batch.get().revision();
            return batch.get().events().stream()
                    .<Signal>map(event -> new Signal.Changed(change(event)))
                    .toList();
        } catch (StoreException broken) {
            return List.of(new Signal.Ended(ending(broken.fault())));
        }
    }

    static Optional<Fault> ending(StoreFault fault) {
        return fault instanceof StoreFault.Compacted
                ? Optional.of(new Fault.Expired("The resourceVersion for the provided watch is too old."))
                : Optional.empty();
    }

    @Override
    public void close() {
        watcher.close();
    }

    private static Change change(Watcher.Event event) {
        KeyValue entry = event.entry();
        Optional<StoredObject> previous =
                event.previous().map(before -> new StoredObject(before.value(), before.modRevision()));
        return new Change(entry.key(), now(event), previous, entry.modRevision());
    }

    static Optional<StoredObject> now(Watcher.Event event) {
        KeyValue entry = event.entry();
        return switch (event) {
            case Watcher.Event.Put _ -> Optional.of(new StoredObject(entry.value(), entry.modRevision()));
            case Watcher.Event.Delete _ -> Optional.empty();
        };
    }
}
