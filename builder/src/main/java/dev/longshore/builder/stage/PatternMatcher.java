package dev.longshore.builder.stage;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// An ordered list of path patterns, the later ones winning, `!` bringing back: what `.dockerignore`, `--exclude` and
/// `--parents` are made of. Answers as `moby/patternmatcher` does, its oddities included. Immutable.
public final class PatternMatcher {

    private final List<Rule> rules;

    private PatternMatcher(List<Rule> rules) {
        this.rules = List.copyOf(rules);
    }

    private record Rule(PathPattern pattern, boolean isException) {}

    /// Of `patterns`, relative paths; blank ones do not count.
    ///
    /// @throws IllegalArgumentException with the reason, when one is no pattern
    public static PatternMatcher of(List<String> patterns) {
        var rules = new ArrayList<Rule>();
        for (String text : patterns) {
            String pattern = text.strip();
            if (pattern.isEmpty()) {
                continue;
            }
            pattern = clean(pattern);
            boolean isException = pattern.startsWith("!");
            if (isException && pattern.length() == 1) {
                throw new IllegalArgumentException("illegal exclusion pattern: \"!\"");
            }
            rules.add(new Rule(PathPattern.of(isException ? pattern.substring(1) : pattern), isException));
        }
        return new PatternMatcher(rules);
    }

    /// True if there is no pattern at all.
    public boolean isEmpty() {
        return rules.isEmpty();
    }

    /// True if some pattern brings paths back.
    public boolean hasExceptions() {
        return rules.stream().anyMatch(Rule::isException);
    }

    /// True if `path`, relative and clean, or a directory above it matches.
    public boolean matches(String path) {
        boolean matched = false;
        for (Rule rule : rules) {
            if (rule.isException() == matched && matchesOrIsBelow(rule.pattern(), path)) {
                matched = !rule.isException();
            }
        }
        return matched;
    }

    private static boolean matchesOrIsBelow(PathPattern pattern, String path) {
        for (int end = path.length(); end > 0; end = path.lastIndexOf('/', end - 1)) {
            if (pattern.matches(path.substring(0, end))) {
                return true;
            }
        }
        return false;
    }

    /// `path` without doubled and trailing slashes, `.` and, as far as possible, `..`.
    static String clean(String path) {
        var done = new ArrayList<String>();
        for (String component : path.split("/", -1)) {
            if (component.equals("..") && !done.isEmpty() && !done.getLast().equals("..")) {
                done.removeLast();
            } else if (component.equals("..") && path.startsWith("/")) {
                continue;
            } else if (!component.isEmpty() && !component.equals(".")) {
                done.add(component);
            }
        }
        String joined = String.join("/", done);
        if (path.startsWith("/")) {
            return "/" + joined;
        }
        return joined.isEmpty() ? "." : joined;
    }

    /// One pattern. Most are plain names, or these behind or before `**`: they need no regular expression.
    private sealed interface PathPattern {

        boolean matches(String path);

        record Exact(String text) implements PathPattern {
            @Override
            public boolean matches(String path) {
                return path.equals(text);
            }
        }

        record Prefix(String text) implements PathPattern {
            @Override
            public boolean matches(String path) {
                return path.startsWith(text);
            }
        }

        record Suffix(String text) implements PathPattern {
            @Override
            public boolean matches(String path) {
                return path.endsWith(text) || text.startsWith("/") && path.equals(text.substring(1));
            }
        }

        record Regular(Pattern expression) implements PathPattern {
            @Override
            public boolean matches(String path) {
                return expression.matcher(path).matches();
            }
        }

        static PathPattern of(String text) {
            String body = text.startsWith("**") ? text.substring(2) : text;
            boolean endsDeep = body.endsWith("**");
            String middle = endsDeep ? body.substring(0, body.length() - 2) : body;
            if (!middle.chars().anyMatch(c -> "*?[]\\".indexOf(c) >= 0)) {
                if (body.equals(text)) {
                    return endsDeep ? new Prefix(middle) : new Exact(text);
                }
                if (!endsDeep || middle.isEmpty()) {
                    return new Suffix(endsDeep ? "" : body);
                }
            }
            return new Regular(Globs.compile(text, true));
        }
    }
}
