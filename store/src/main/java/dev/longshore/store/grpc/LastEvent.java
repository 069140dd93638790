package dev.longshore.store.grpc;

import dev.longshore.store.KeyValue;
import dev.longshore.store.Watcher;
import dev.longshore.store.grpc.proto.Event;

/// Watches as they are sent, of which many hear of one event one after the other: they share what was made for the
/// first. For one thread.
final class LastEvent {

    private Watcher.Event last;
    private Event made;

    Event of(Watcher.Event happened) {
        if (happened.previous().isPresent()) {
            return make(happened);
        }
        if (last == null || !isSame(last, happened)) {
            made = make(happened);
            last = happened;
        }
        return made;
    }

    /// Keys and values are the store's own, shared by all who see them.
    private static boolean isSame(Watcher.Event one, Watcher.Event other) {
        KeyValue left = one.entry();
        KeyValue right = other.entry();
        return left.value() == right.value()
                && left.key() == right.key()
                && left.modRevision() == right.modRevision()
                && one.getClass() == other.getClass();
    }

    static Event make(Watcher.Event happened) {
        boolean isPut = happened instanceof Watcher.Event.Put;
        Event.Builder event = Event.newBuilder()
                .setType(isPut ? Event.EventType.PUT : Event.EventType.DELETE)
                .setKv(Ranges.pair(happened.entry()));
        happened.previous().ifPresent(previous -> event.setPrevKv(Ranges.pair(previous)));
        return event.build();
    }
}
