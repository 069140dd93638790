package dev.longshore.builder.dockerfile;

import java.util.Optional;

/// A flag of an instruction as it is written, quotes and escapes removed, nothing expanded.
///
/// @param name without the dashes
/// @param value what follows `=`, possibly empty; absent if there is no `=`
public record Flag(String name, Optional<String> value) {

    /// `--name=value`.
    public static Flag of(String name, String value) {
        return new Flag(name, Optional.of(value));
    }

    @Override
    public String toString() {
        return "--" + name + value.map(v -> "=" + v).orElse("");
    }
}
