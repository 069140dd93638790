package dev.longshore.builder.stage;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// A `.dockerignore`: patterns, of which the last that matches decides; `!` brings back.
public final class IgnoreFile {

    /// Ignores nothing.
    public static final IgnoreFile NONE = new IgnoreFile(List.of());

    private final List<Rule> rules;

    private IgnoreFile(List<Rule> rules) {
        this.rules = rules;
    }

    private record Rule(Pattern pattern, boolean isException) {}

    /// Reads the file's text.
    public static IgnoreFile parse(String text) {
        var rules = new ArrayList<Rule>();
        for (String line : text.lines().toList()) {
            String pattern = line.strip();
            if (pattern.isEmpty() || pattern.startsWith("#")) {
                continue;
            }
            boolean isException = pattern.startsWith("!");
            if (isException) {
                pattern = pattern.substring(1).strip();
            }
            String clean = pattern.replaceAll("^(?:\\./|/)+", "").replaceAll("/+$", "");
            if (!clean.isEmpty() && !clean.equals(".")) {
                rules.add(new Rule(Globs.compile(clean, true), isException));
            }
        }
        return new IgnoreFile(List.copyOf(rules));
    }

    /// True if the file at `path`, relative to the context, is left out: it, or a directory above it, matches.
    public boolean ignores(String path) {
        boolean ignored = false;
        for (Rule rule : rules) {
            if (rule.isException() == ignored && matchesOrIsBelow(rule.pattern(), path)) {
                ignored = !rule.isException();
            }
        }
        return ignored;
    }

    /// True if something below an ignored directory may be brought back.
    public boolean hasExceptions() {
        return rules.stream().anyMatch(Rule::isException);
    }

    private static boolean matchesOrIsBelow(Pattern pattern, String path) {
        for (int end = path.length(); end > 0; end = path.lastIndexOf('/', end - 1)) {
            if (pattern.matcher(path.substring(0, end)).matches()) {
                return true;
            }
        }
        return false;
    }
}
