package dev.longshore.apiserver;

import dev.longshore.apiserver.objects.Interest;
import dev.longshore.apiserver.objects.ObjectStore;
import dev.longshore.apiserver.objects.Snapshot;
import dev.longshore.apiserver.objects.StoredObject;
import dev.longshore.store.Key;
import dev.longshore.store.KeyRange;
import java.util.Optional;
import java.util.function.BiPredicate;

/// The objects at one revision, wherever they come from.
sealed interface View {

    long revision();

    /// How many lie in `range`.
    long count(KeyRange range);

    /// Shows what lies in `range` and may fit `selection`, in the order of keys, until `visitor` answers false.
    void forEach(Selection selection, KeyRange range, BiPredicate<Key, StoredObject> visitor);

    /// From the watch cache.
    record OfCache(Snapshot snapshot) implements View {
        @Override
        public long revision() {
            return snapshot.revision();
        }

        @Override
        public long count(KeyRange range) {
            return snapshot.count(range);
        }

        @Override
        public void forEach(Selection selection, KeyRange range, BiPredicate<Key, StoredObject> visitor) {
            Optional<Interest.Field> index = selection.indexed();
            if (index.isPresent() && !range.isSingle()) {
                snapshot.forEach(index.get().field(), index.get().value(), range, visitor);
            } else {
                snapshot.forEach(range, visitor);
            }
        }
    }

    /// From the store, in pieces.
    record OfStore(ObjectStore objects, long revision) implements View {

        private static final long CHUNK = 500;

        @Override
        public long count(KeyRange range) {
            return objects.list(range, revision, 1).count();
        }

        @Override
        public void forEach(Selection selection, KeyRange range, BiPredicate<Key, StoredObject> visitor) {
            KeyRange left = range;
            while (true) {
                ObjectStore.Page page = objects.list(left, revision, CHUNK);
                for (ObjectStore.Entry entry : page.entries()) {
                    if (!visitor.test(entry.key(), entry.object())) {
                        return;
                    }
                }
                if (!page.more()) {
                    return;
                }
                left = new KeyRange(page.entries().getLast().key().successor(), range.end());
            }
        }
    }
}
