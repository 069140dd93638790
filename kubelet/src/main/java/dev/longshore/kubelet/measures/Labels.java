package dev.longshore.kubelet.measures;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// The names of a family's labels, in the order in which they are shown.
record Labels(List<String> names) {

    static final Comparator<List<String>> ORDER =
            (one, other) -> Arrays.compare(one.toArray(String[]::new), other.toArray(String[]::new));

    Labels {
        names = List.copyOf(names);
    }

    List<String> values(String... values) {
        if (values.length != names.size()) {
            throw new IllegalArgumentException("%d values for the labels %s".formatted(values.length, names));
        }
        return List.of(values);
    }

    /// Name, value, name, value …, and `more`.
    String[] with(List<String> values, String... more) {
        var all = new ArrayList<String>();
        for (int i = 0; i < values.size(); i++) {
            all.add(names.get(i));
            all.add(values.get(i));
        }
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }
}
