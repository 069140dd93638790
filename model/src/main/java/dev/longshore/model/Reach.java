package dev.longshore.model;

import java.util.Arrays;
import java.util.List;

/// Which fields a write along one path can own. Fields that the path never writes (the status, when the object
/// itself is written) are nobody's through it, whatever a client sends.
///
/// @param isOnly whether `paths` are all that is in reach, rather than what is out of reach
/// @param paths names of fields; `*` stands for any step, in those of `isOnly`
public record Reach(boolean isOnly, List<List<String>> paths) {

    /// Everything.
    public static final Reach ALL = allBut();

    public Reach {
        paths = paths.stream().map(List::copyOf).toList();
    }

    /// All but what is at or below `paths`, such as `status` or `metadata.labels`.
    public static Reach allBut(String... paths) {
        return new Reach(false, split(paths));
    }

    /// Only what is at or below `paths`, such as `spec.containers.*.resources`.
    public static Reach only(String... paths) {
        return new Reach(true, split(paths));
    }

    private static List<List<String>> split(String... paths) {
        return Arrays.stream(paths).map(path -> List.of(path.split("\\."))).toList();
    }

    FieldSet filter(FieldSet set) {
        if (set.isEmpty()) {
            return set;
        }
        if (isOnly) {
            return within(set, paths, 0);
        }
        FieldSet left = set;
        for (List<String> path : paths) {
            left = left.without(path.stream().map(FieldStep::field).toList());
        }
        return left;
    }

    private static FieldSet within(FieldSet set, List<List<String>> paths, int depth) {
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

    private static boolean matches(String pattern, FieldStep step) {
        return pattern.equals("*") || step.isField() && step.name().equals(pattern);
    }
}
