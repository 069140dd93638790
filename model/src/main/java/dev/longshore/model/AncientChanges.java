package dev.longshore.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Keeps the list of owners short: of more than ten entries of updates the oldest are merged, version by
/// version, into those of a manager called `ancient-changes`. Appliers are never forgotten.
final class AncientChanges {

    private static final int MOST = 10;
    private static final String NAME = "ancient-changes";

    private AncientChanges() {}

    /// Shortens `entries`, in place.
    static void merge(List<ManagedEntry> entries) {
        List<ManagedEntry> updates = new ArrayList<>(
                entries.stream().filter(entry -> !entry.isApply()).toList());
        int count = updates.size();
        if (count <= MOST) {
            return;
        }
        updates.sort(Comparator.comparing(ManagedEntry::time).thenComparing(ManagedEntry::identifier));
        Map<String, ManagedEntry> first = new HashMap<>();
        for (ManagedEntry entry : updates) {
            if (count <= MOST) {
                return;
            }
            String version = entry.manager().apiVersion();
            ManagedEntry earlier = first.putIfAbsent(version, entry);
            if (earlier != null) {
                first.put(version, merged(entries, earlier, entry));
                count--;
            }
        }
    }

    /// The time is that of the later one.
    private static ManagedEntry merged(List<ManagedEntry> entries, ManagedEntry earlier, ManagedEntry entry) {
        var bucket = new ManagedFields.Manager(NAME, entry.manager().apiVersion(), "");
        FieldSet fields = entry.fields().plus(earlier.fields());
        entries.remove(earlier);
        entries.remove(entry);
        for (ManagedEntry there : List.copyOf(entries)) {
            if (there.isBy(bucket, false)) {
                fields = fields.plus(there.fields());
                entries.remove(there);
            }
        }
        var both = ManagedEntry.of(bucket, false, entry.time(), fields);
        entries.add(both);
        return both;
    }
}
