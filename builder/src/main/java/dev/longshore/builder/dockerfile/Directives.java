package dev.longshore.builder.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads the directives at the top of a Dockerfile; the first line that is none ends them. For one file.
final class Directives {

    private static final Pattern DIRECTIVE = Pattern.compile("#\\s*([a-zA-Z][a-zA-Z0-9]*)\\s*=\\s*(.+?)\\s*");
    private static final Set<String> KNOWN = Set.of("syntax", "escape", "check");

    private final List<Dockerfile.Directive> seen = new ArrayList<>();
    private boolean isOver;
    private boolean isBehindShebang;
    private char escape = '\\';

    /// Takes the next line, stripped of leading white space; true if it is a directive.
    ///
    /// @throws IllegalArgumentException when it is one that cannot be
    boolean take(String line, int number) {
        if (isOver) {
            return false;
        }
        if (number == 1 && line.startsWith("#!")) {
            // Behind it a syntax and checks may be named, but the escape character is settled.
            isBehindShebang = true;
            return false;
        }
        Optional<Dockerfile.Directive> directive = read(line, number);
        if (directive.isEmpty() || isBehindShebang && directive.get().name().equals("escape")) {
            isOver = true;
            return false;
        }
        String name = directive.get().name();
        if (seen.stream().anyMatch(earlier -> earlier.name().equals(name))) {
            throw new IllegalArgumentException("only one " + name + " parser directive can be used");
        }
        seen.add(directive.get());
        if (name.equals("escape")) {
            escape(directive.get().value());
        }
        return true;
    }

    /// What `line` says as a directive, wherever it stands.
    static Optional<Dockerfile.Directive> read(String line, int number) {
        Matcher parts = DIRECTIVE.matcher(line);
        if (!parts.matches()) {
            return Optional.empty();
        }
        String name = parts.group(1).toLowerCase(Locale.ROOT);
        return KNOWN.contains(name)
                ? Optional.of(new Dockerfile.Directive(name, parts.group(2), number))
                : Optional.empty();
    }

    private void escape(String wanted) {
        if (!wanted.equals("\\") && !wanted.equals("`")) {
            throw new IllegalArgumentException("invalid escape token '" + wanted + "' does not match ` or \\");
        }
        escape = wanted.charAt(0);
    }

    char escape() {
        return escape;
    }

    List<Dockerfile.Directive> all() {
        return List.copyOf(seen);
    }
}
