package dev.longshore.builder.stage;

import java.util.ArrayList;
import java.util.List;

/// A `.dockerignore`: which files of the context a build does not see. The last pattern that matches a file, or a
/// directory above it, decides.
public final class IgnoreFile {

    /// Leaves nothing out.
    public static final IgnoreFile NONE = new IgnoreFile(PatternMatcher.of(List.of()));

    private final PatternMatcher patterns;

    private IgnoreFile(PatternMatcher patterns) {
        this.patterns = patterns;
    }

    /// Reads the file's text.
    ///
    /// @throws IllegalArgumentException with the reason, when a line is no pattern
    public static IgnoreFile parse(String text) {
        var patterns = new ArrayList<String>();
        for (String line : text.replaceFirst("^\uFEFF", "").lines().toList()) {
            String pattern = line.strip();
            // Only a line whose very first character is the sign is a comment.
            if (!line.startsWith("#") && !pattern.isEmpty()) {
                patterns.add(
                        pattern.startsWith("!")
                                ? "!" + relative(pattern.substring(1).strip())
                                : relative(pattern));
            }
        }
        return patterns.isEmpty() ? NONE : new IgnoreFile(PatternMatcher.of(patterns));
    }

    private static String relative(String pattern) {
        if (pattern.isEmpty()) {
            return pattern;
        }
        String clean = PatternMatcher.clean(pattern);
        return clean.length() > 1 && clean.startsWith("/") ? clean.substring(1) : clean;
    }

    /// True if the file at `path`, relative to the context, is left out: it, or a directory above it, matches.
    public boolean ignores(String path) {
        return patterns.matches(path);
    }

    /// True if something below an ignored directory may be brought back.
    public boolean hasExceptions() {
        return patterns.hasExceptions();
    }
}
