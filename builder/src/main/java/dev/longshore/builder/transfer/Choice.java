package dev.longshore.builder.transfer;

import dev.longshore.builder.stage.PatternMatcher;
import java.util.List;

/// Which files of a tree are taken: those that match `--parents`' pattern, if there is one, and not `--exclude`.
/// Paths are relative to the source.
///
/// @param included everything, if it is empty
public record Choice(PatternMatcher included, PatternMatcher excluded) {

    /// Everything but what `excluded` matches.
    ///
    /// @throws IllegalArgumentException with the reason, when one is no pattern
    public static Choice without(List<String> excluded) {
        return new Choice(PatternMatcher.of(List.of()), PatternMatcher.of(excluded));
    }

    /// Only what `pattern` matches, and what is below it.
    public Choice only(String pattern) {
        return new Choice(PatternMatcher.of(List.of(pattern)), excluded);
    }

    boolean takes(String path) {
        return (included.isEmpty() || included.matches(path)) && !excluded.matches(path);
    }

    /// True if something below the directory at `path`, which is not taken itself, may be.
    boolean mayTakeBelow(String path) {
        return !excluded.matches(path) || excluded.hasExceptions();
    }
}
