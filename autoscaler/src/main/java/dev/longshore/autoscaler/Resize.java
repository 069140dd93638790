package dev.longshore.autoscaler;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/// A group that grows.
record Resize(GroupView group, int newSize) {

    int increase() {
        return newSize - group.targetSize();
    }

    /// As people see it: `{workers 1->4 (max: 10)}`.
    @Override
    public String toString() {
        return "{%s %d->%d (max: %d)}".formatted(group.id(), group.targetSize(), newSize, group.maxSize());
    }

    /// `[{workers 1->4 (max: 10)} …]`.
    static String text(List<Resize> resizes) {
        return resizes.stream().map(Resize::toString).collect(Collectors.joining(" ", "[", "]"));
    }

    /// Spreads `nodes` new nodes over `groups` so that these come as close in size as can be; none grows beyond its
    /// maximum, so what does not fit is left out.
    static List<Resize> balanced(List<GroupView> groups, int nodes) {
        var sizes = new ArrayList<int[]>();
        for (int i = 0; i < groups.size(); i++) {
            sizes.add(new int[] {groups.get(i).targetSize(), i});
        }
        for (int added = 0; added < nodes; added++) {
            var smallest = sizes.stream()
                    .filter(size -> size[0] < groups.get(size[1]).maxSize())
                    .min(Comparator.comparingInt(size -> size[0]));
            if (smallest.isEmpty()) {
                break;
            }
            smallest.get()[0]++;
        }
        return sizes.stream()
                .map(size -> new Resize(groups.get(size[1]), size[0]))
                .filter(resize -> resize.increase() > 0)
                .toList();
    }
}
