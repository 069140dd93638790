package dev.longshore.kinds.podsecurity.controls;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Judges pods at a level and version. Which controls these mean is worked out once, for all versions: a namespace
/// with controls of a release that is not there yet gets those of the newest that changed any. Thread-safe.
public final class Evaluator {

    private static final Comparator<Control> ORDER =
            Comparator.comparing(Control::level).thenComparing(Control::id);

    private final int newest;
    private final Map<Level, List<List<Control.Check>>> byMinor = new EnumMap<>(Level.class);

    /// With the controls of the standards.
    public Evaluator() {
        this(AllControls.list());
    }

    Evaluator(List<Control> controls) {
        List<Control> ordered = controls.stream().sorted(ORDER).toList();
        newest = ordered.stream()
                .mapToInt(control -> control.revisions().getLast().since())
                .max()
                .orElse(0);
        for (Level level : List.of(Level.BASELINE, Level.RESTRICTED)) {
            var checks = new ArrayList<List<Control.Check>>();
            for (int minor = 0; minor <= newest; minor++) {
                checks.add(checks(ordered, level, minor));
            }
            byMinor.put(level, List.copyOf(checks));
        }
    }

    /// What the controls of `level` have against `pod`.
    public Verdict judge(LevelVersion level, PodSubject pod) {
        if (level.level() == Level.PRIVILEGED) {
            return Verdict.ALLOWED;
        }
        int minor = (int) Math.min(level.version().minor(), newest);
        List<Violation> violations = byMinor.get(level.level()).get(minor).stream()
                .flatMap(check -> check.judge(pod).stream())
                .toList();
        return violations.isEmpty() ? Verdict.ALLOWED : new Verdict(violations);
    }

    private static List<Control.Check> checks(List<Control> ordered, Level level, int minor) {
        List<Control> held = ordered.stream()
                .filter(control -> control.level().compareTo(level) <= 0)
                .toList();
        Set<String> replaced = held.stream()
                .flatMap(control -> control.at(minor).stream())
                .map(Control.Revision::replaced)
                .collect(Collectors.toSet());
        return held.stream()
                .filter(control -> !replaced.contains(control.id()))
                .map(control -> control.at(minor))
                .flatMap(Optional::stream)
                .map(Control.Revision::check)
                .toList();
    }
}
