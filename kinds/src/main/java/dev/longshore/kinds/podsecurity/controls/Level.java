package dev.longshore.kinds.podsecurity.controls;

import java.util.Locale;
import java.util.Optional;

/// How strict a namespace is, from the least to the most.
public enum Level {
    PRIVILEGED,
    BASELINE,
    RESTRICTED;

    /// The level of this name, as labels have it; empty if there is none.
    public static Optional<Level> of(String name) {
        for (Level level : values()) {
            if (level.toString().equals(name)) {
                return Optional.of(level);
            }
        }
        return Optional.empty();
    }

    /// As labels have it.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
