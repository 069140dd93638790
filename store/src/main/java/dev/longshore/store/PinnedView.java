package dev.longshore.store;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// A view whose revision is kept in [Pins] until it is closed.
final class PinnedView implements StateView {

    private static final int CHUNK = 32;

    private final Parts parts;
    private final long revision;
    private final List<Lease> leases;
    private final Runnable unpin;
    private final AtomicBoolean closed = new AtomicBoolean();

    PinnedView(Parts parts, long revision, Runnable unpin) {
        this.parts = parts;
        this.revision = revision;
        this.leases = parts.leases().all();
        this.unpin = unpin;
    }

    @Override
    public long revision() {
        return revision;
    }

    @Override
    public List<Lease> leases() {
        return leases;
    }

    @Override
    public void forEach(Consumer<KeyValue> visitor) {
        var chunk = new Chunk(visitor);
        parts.index().forEach(KeyRange.prefix(Key.of("")), revision, chunk::add);
        chunk.show();
    }

    @Override
    public void close() {
        if (!closed.getAndSet(true)) {
            unpin.run();
        }
    }

    /// Keys whose values are fetched together.
    private final class Chunk {
        private final Consumer<KeyValue> visitor;
        private final List<Key> keys = new ArrayList<>(CHUNK);
        private final List<Version> versions = new ArrayList<>(CHUNK);

        Chunk(Consumer<KeyValue> visitor) {
            this.visitor = visitor;
        }

        void add(Key key, Version version) {
            keys.add(key);
            versions.add(version);
            if (keys.size() == CHUNK) {
                show();
            }
        }

        void show() {
            var values = parts.reader().find(versions);
            for (int i = 0; i < keys.size(); i++) {
                Version version = versions.get(i);
                byte[] value = values.get(i).orElseThrow(() -> missing(version));
                visitor.accept(version.entry(keys.get(i), value));
            }
            keys.clear();
            versions.clear();
        }
    }

    private static StoreException missing(Version version) {
        return new StoreException(new StoreFault.Damaged(
                "the value of revision %d.%d is missing".formatted(version.revision, version.sub)));
    }
}
