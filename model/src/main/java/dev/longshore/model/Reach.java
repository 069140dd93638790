package dev.longshore.model;

import java.util.Arrays;
import java.util.List;

/// Which fields a write along one path can own. Fields that the path never writes (the status, when the object
/// itself is written) are nobody's through it, whatever a client sends.
public final class Reach {

    /// Everything.
    public static final Reach ALL = allBut();

    private static final String ANY = "*";

    private final boolean isOnly;
    private final List<List<FieldStep>> paths;

    private Reach(boolean isOnly, String... paths) {
        this.isOnly = isOnly;
        this.paths = Arrays.stream(paths)
                .map(path ->
                        Arrays.stream(path.split("\\.")).map(FieldStep::field).toList())
                .toList();
    }

    /// All but what is at or below `paths`, such as `status` or `metadata.labels`.
    public static Reach allBut(String... paths) {
        return new Reach(false, paths);
    }

    /// Only what is at or below `paths`, such as `spec.containers.*.resources`; `*` stands for any step.
    public static Reach only(String... paths) {
        return new Reach(true, paths);
    }

    FieldSet filter(FieldSet set) {
        if (set.isEmpty()) {
            return set;
        }
        if (isOnly) {
            return within(set, paths, 0);
        }
        FieldSet left = set;
        for (List<FieldStep> path : paths) {
            left = left.without(path);
        }
        return left;
    }

    private static FieldSet within(FieldSet set, List<List<FieldStep>> paths, int depth) {
        if (paths.stream().anyMatch(path -> path.size() == depth)) {
            return set;
        }
        return set.mapped((step, below) -> {
            var matching = paths.stream()
                    .filter(path -> matches(path.get(depth), step))
                    .toList();
            return matching.isEmpty() ? FieldSet.NONE : within(below, matching, depth + 1);
        });
    }

    private static boolean matches(FieldStep pattern, FieldStep step) {
        return pattern.name().equals(ANY) || pattern.equals(step);
    }
}
