package dev.longshore.kinds.podsecurity.controls;

import java.util.List;
import java.util.stream.Collectors;

/// What all controls together have against a pod.
public final class Verdict {

    /// Nothing.
    public static final Verdict ALLOWED = new Verdict(List.of());

    private final List<Violation> violations;

    Verdict(List<Violation> violations) {
        this.violations = List.copyOf(violations);
    }

    /// True if no control has anything.
    public boolean isAllowed() {
        return violations.isEmpty();
    }

    /// In short, the same for all pods that do the same.
    public String reasons() {
        return violations.stream().map(Violation::reason).collect(Collectors.joining(", "));
    }

    /// With the containers and values.
    public String details() {
        return violations.stream()
                .map(violation -> violation.detail().isEmpty()
                        ? violation.reason()
                        : violation.reason() + " (" + violation.detail() + ")")
                .collect(Collectors.joining(", "));
    }
}
