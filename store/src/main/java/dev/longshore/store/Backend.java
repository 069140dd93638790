package dev.longshore.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Where bytes lie: an ordered map that survives, or does not. May be called on any thread, virtual ones
/// included: an implementation whose calls block natively moves them to platform threads itself. Failures are
/// [StoreException]s with `NoSpace`, `ReadOnly` or `Damaged`.
interface Backend extends AutoCloseable {

    /// The values of `keys`, in their order.
    List<Optional<byte[]>> get(List<byte[]> keys);

    /// All of `writes` or nothing; when it returns and `synced`, they survive a loss of power.
    void write(Writes writes, boolean synced);

    /// Shows entries from `from` (included) to `to` (not included) in ascending order, until the visitor
    /// returns false.
    void scan(byte[] from, byte[] to, Visitor visitor);

    /// Why there is no room for more, if there is none. Cheap: asked before every group of writes.
    Optional<String> full();

    /// Makes the backend writable again after a write failed; what the failed write left may then be visible.
    void recover();

    /// Notes that `revision` is on the disk and somebody will be told of it; without waiting, and if that can be.
    default void note(long revision) {}

    /// The last revision that was noted, if that is known.
    default Optional<Long> noted() {
        return Optional.empty();
    }

    /// How many bytes it takes on the disk.
    long size();

    /// Rewrites what there is, without what was deleted.
    void defragment();

    @Override
    void close();

    /// Sees one entry; false ends the scan.
    interface Visitor {
        boolean visit(byte[] key, byte[] value);
    }

    /// A batch under construction.
    final class Writes {

        private final List<Write> writes = new ArrayList<>();

        void put(byte[] key, byte[] value) {
            writes.add(new Write(key, Optional.of(value)));
        }

        void delete(byte[] key) {
            writes.add(new Write(key, Optional.empty()));
        }

        void add(Write write) {
            writes.add(write);
        }

        List<Write> list() {
            return writes;
        }

        boolean isEmpty() {
            return writes.isEmpty();
        }
    }

    /// One write; without a value, a deletion.
    record Write(byte[] key, Optional<byte[]> value) {}
}
