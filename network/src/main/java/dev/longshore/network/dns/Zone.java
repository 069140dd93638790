package dev.longshore.network.dns;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The cluster's records in memory, immutable. Data stay text until they are asked for: names are many,
/// questions few.
final class Zone {

    private static final String NAME_ONLY = "NAME";

    private final Map<String, List<Entry>> entries = new HashMap<>();

    private Zone() {}

    /// A record.
    ///
    /// @param type as `A`
    record Entry(String type, String data) {}

    /// The records that `lines` spell; a name exists, too, when names below it do. Lines that say nothing are
    /// skipped.
    static Zone parse(List<String> lines) {
        var zone = new Zone();
        for (String line : lines) {
            String[] parts = line.split(" ", 3);
            if (parts.length >= 2) {
                List<Entry> here = zone.at(parts[1].toLowerCase(Locale.ROOT));
                if (parts.length == 3 && !parts[0].equals(NAME_ONLY)) {
                    here.add(new Entry(parts[0], parts[2]));
                }
            }
        }
        return zone;
    }

    private List<Entry> at(String name) {
        List<Entry> here = entries.get(name);
        if (here == null) {
            here = new ArrayList<>(1);
            entries.put(name, here);
            int dot = name.indexOf('.');
            if (dot >= 0 && dot < name.length() - 1) {
                at(name.substring(dot + 1));
            }
        }
        return here;
    }

    /// Whether `name`, absolute and in lower case, is in the zone.
    boolean has(String name) {
        return entries.containsKey(name);
    }

    /// The records of `name`.
    List<Entry> find(String name) {
        return entries.getOrDefault(name, List.of());
    }
}
