package dev.longshore.store;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/// How many keys there are, by blocks of neighbours, so that a range of many need not be walked to be counted.
///
/// ```
///   ""                   ─► 700 keys, last changed at 12
///   /registry/pods/m     ─► 540 keys, last changed at 15     all keys from here to the next block
///   /registry/secrets/c  ─► 3 keys, last changed at 9
/// ```
///
/// A block says how many of its keys exist, and which revision made or deleted one of them last: a reader at that
/// revision or a later one takes it whole, and walks only what its range has of the two at its ends. So an answer is
/// exact for its revision, or there is none. One thread changes the blocks (the committer), before it shows the
/// revision; `changes` is odd meanwhile, and a reader that sees it move asks again. Cost: a look-up for each key
/// that is made or deleted, and a walk of a block once it has become twice as large.
final class KeyCounts {

    static final int USUAL = 512;
    private static final int LARGEST = 2 * USUAL;
    private static final int ATTEMPTS = 3;
    private static final Key FIRST = Key.of("");

    private final KeyIndex index;
    private final ConcurrentSkipListMap<Key, Block> blocks = new ConcurrentSkipListMap<>();
    private final AtomicLong changes = new AtomicLong();

    /// @param changed the last revision that made or deleted one of its keys
    private record Block(int live, long changed) {

        Block and(int more, long revision) {
            return new Block(live + more, Math.max(changed, revision));
        }
    }

    /// Counts what `index` shows at `revision`.
    KeyCounts(KeyIndex index, long revision) {
        this.index = index;
        cut(FIRST, Optional.empty(), revision, revision);
    }

    /// Takes notice of all changes up to `revision`, which nobody sees yet. By the committer only.
    void follow(List<Change> committed, long revision) {
        if (committed.stream().noneMatch(KeyCounts::counts)) {
            return;
        }
        changes.incrementAndGet();
        try {
            var touched = new TreeSet<Key>();
            for (Change change : committed) {
                if (counts(change)) {
                    Version version = change.version();
                    Map.Entry<Key, Block> block = blocks.floorEntry(change.key());
                    blocks.put(block.getKey(), block.getValue().and(version.deleted ? -1 : 1, version.revision));
                    touched.add(block.getKey());
                }
            }
            touched.forEach(first -> resize(first, revision));
        } finally {
            changes.incrementAndGet();
        }
    }

    private static boolean counts(Change change) {
        return change.version().deleted || change.before().isEmpty();
    }

    private void resize(Key first, long revision) {
        Block block = blocks.get(first);
        if (block.live > LARGEST) {
            cut(first, Optional.ofNullable(blocks.higherKey(first)), revision, block.changed);
        } else if (block.live == 0 && !first.equals(FIRST)) {
            // Its place goes to the block before.
            blocks.remove(first);
            Map.Entry<Key, Block> before = blocks.floorEntry(first);
            blocks.put(before.getKey(), before.getValue().and(0, block.changed));
        }
    }

    /// Makes blocks of what the index shows between `first` and `end`.
    private void cut(Key first, Optional<Key> end, long revision, long changed) {
        var made = new HashMap<Key, Block>();
        var cutter = new Object() {
            private Key at = first;
            private int live;

            void add(Key key) {
                if (live == USUAL) {
                    made.put(at, new Block(live, changed));
                    at = key;
                    live = 0;
                }
                live++;
            }
        };
        index.forEach(new KeyRange(first, end), revision, (key, _) -> cutter.add(key));
        made.put(cutter.at, new Block(cutter.live, changed));
        blocks.putAll(made);
    }

    /// How many keys of `range` exist at `revision`, which is committed; empty when only a walk can tell.
    OptionalLong of(KeyRange range, long revision) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            long before = changes.get();
            OptionalLong count = sum(range, revision);
            if (before % 2 == 0 && changes.get() == before) {
                return count;
            }
        }
        return OptionalLong.empty();
    }

    private OptionalLong sum(KeyRange range, long revision) {
        Optional<Key> from = Optional.ofNullable(blocks.ceilingKey(range.start()));
        Optional<Key> to = range.end().map(blocks::floorKey);
        boolean hasWhole = from.isPresent() && (to.isEmpty() || from.get().compareTo(to.get()) < 0);
        if (!hasWhole) {
            return OptionalLong.of(index.count(range, revision));
        }
        var whole = to.isEmpty() ? blocks.tailMap(from.get()) : blocks.subMap(from.get(), to.get());
        long count = 0;
        for (Block block : whole.values()) {
            if (block.changed > revision) {
                return OptionalLong.empty();
            }
            count += block.live;
        }
        count += index.count(new KeyRange(range.start(), from), revision);
        return OptionalLong.of(
                to.isEmpty() ? count : count + index.count(new KeyRange(to.get(), range.end()), revision));
    }
}
