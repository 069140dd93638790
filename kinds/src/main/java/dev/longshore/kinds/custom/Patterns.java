package dev.longshore.kinds.custom;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The patterns of schemas, compiled and remembered. They are RE2's, as Go's are: whatever they say, they take time
/// in proportion to the text, which Java's own would not. Full means that all is forgotten. Thread-safe.
final class Patterns {

    private static final int MOST = 1024;
    private static final Map<String, Optional<Pattern>> KNOWN = new ConcurrentHashMap<>();

    private Patterns() {}

    /// Empty if `text` is no pattern.
    static Optional<Pattern> find(String text) {
        Optional<Pattern> known = KNOWN.get(text);
        if (known != null) {
            return known;
        }
        if (KNOWN.size() >= MOST) {
            KNOWN.clear();
        }
        return KNOWN.computeIfAbsent(text, Patterns::compile);
    }

    private static Optional<Pattern> compile(String text) {
        try {
            return Optional.of(Pattern.compile(text));
        } catch (PatternSyntaxException none) {
            return Optional.empty();
        }
    }
}
