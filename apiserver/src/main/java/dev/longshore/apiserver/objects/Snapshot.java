package dev.longshore.apiserver.objects;

import dev.longshore.model.FieldPath;
import dev.longshore.store.Key;
import dev.longshore.store.KeyRange;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;

/// All objects of one resource at one revision.
///
/// Each index is a tree of its own whose keys are the field's value, a zero byte and the object's key: so what
/// has one value lies together, in the order of keys.
public final class Snapshot {

    private final List<FieldPath> fields;
    private final SortedTree<StoredObject> objects;
    private final List<SortedTree<StoredObject>> indexes;
    private final long revision;

    private Snapshot(
            List<FieldPath> fields,
            SortedTree<StoredObject> objects,
            List<SortedTree<StoredObject>> indexes,
            long revision) {
        this.fields = fields;
        this.objects = objects;
        this.indexes = indexes;
        this.revision = revision;
    }

    static Snapshot empty(List<FieldPath> fields, long revision) {
        List<SortedTree<StoredObject>> indexes =
                fields.stream().map(field -> SortedTree.<StoredObject>empty()).toList();
        return new Snapshot(fields, SortedTree.empty(), indexes, revision);
    }

    /// When it was so.
    public long revision() {
        return revision;
    }

    /// True if both are the same state of the same cache: nothing has changed in between. Others may be alike too.
    public boolean isSameState(Snapshot other) {
        return objects == other.objects;
    }

    /// The same objects, known to be all there is at a later revision.
    Snapshot at(long later) {
        return later <= revision ? this : new Snapshot(fields, objects, indexes, later);
    }

    /// One object.
    public Optional<StoredObject> get(Key key) {
        return objects.get(key);
    }

    /// How many there are in `range`.
    public int count(KeyRange range) {
        return objects.count(range);
    }

    /// Shows the objects of `range` in the order of their keys until `visitor` answers false.
    public void forEach(KeyRange range, BiPredicate<Key, StoredObject> visitor) {
        objects.forEach(range, visitor);
    }

    /// As [#forEach], but only those whose indexed `field` is `value`.
    public void forEach(FieldPath field, String value, KeyRange range, BiPredicate<Key, StoredObject> visitor) {
        byte[] prefix = prefix(value);
        var within = new KeyRange(
                joined(prefix, range.start()),
                range.end()
                        .map(end -> joined(prefix, end))
                        .or(() -> Key.of(prefix).prefixEnd()));
        indexes.get(fields.indexOf(field))
                .forEach(within, (key, object) -> visitor.test(tail(key, prefix.length), object));
    }

    /// After one change.
    Snapshot with(Key key, Optional<StoredObject> before, Optional<StoredObject> now, long at) {
        var next = new ArrayList<SortedTree<StoredObject>>(indexes.size());
        for (int i = 0; i < indexes.size(); i++) {
            FieldPath field = fields.get(i);
            SortedTree<StoredObject> index = indexes.get(i);
            if (before.isPresent()) {
                index = index.without(joined(prefix(value(field, before.get())), key));
            }
            if (now.isPresent()) {
                index = index.with(joined(prefix(value(field, now.get())), key), now.get());
            }
            next.add(index);
        }
        SortedTree<StoredObject> all = now.isPresent() ? objects.with(key, now.get()) : objects.without(key);
        return new Snapshot(fields, all, next, at);
    }

    static String value(FieldPath field, StoredObject object) {
        return object.text(field);
    }

    private static byte[] prefix(String value) {
        return (value + '\0').getBytes(StandardCharsets.UTF_8);
    }

    private static Key joined(byte[] prefix, Key key) {
        byte[] bytes = key.bytes();
        byte[] whole = java.util.Arrays.copyOf(prefix, prefix.length + bytes.length);
        System.arraycopy(bytes, 0, whole, prefix.length, bytes.length);
        return Key.of(whole);
    }

    private static Key tail(Key key, int from) {
        byte[] bytes = key.bytes();
        return Key.of(java.util.Arrays.copyOfRange(bytes, from, bytes.length));
    }
}
