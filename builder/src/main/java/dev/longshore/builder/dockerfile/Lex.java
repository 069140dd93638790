package dev.longshore.builder.dockerfile;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Expands variables and removes quotes as BuildKit's shell lexer does: a part of what POSIX shells do, with quirks
/// that Dockerfiles have come to rely on. For one text; its run time is linear in the text, but for patterns.
///
/// A name, once read, is looked up at once, so that what is used and what is missing is known whatever comes of it.
final class Lex {

    private static final int DEEPEST = 200;
    private static final int END = -1;

    private final String text;
    private final Style style;
    private final Map<String, String> variables;
    private final Set<String> matched = new LinkedHashSet<>();
    private final Set<String> unmatched = new LinkedHashSet<>();
    private boolean keepsEscapes;
    private int depth;
    private int at;

    private Lex(String text, Style style, Map<String, String> variables) {
        this.text = text;
        this.style = style;
        this.variables = variables;
        this.keepsEscapes = style.keepsEscapes();
    }

    /// How a text is read.
    ///
    /// @param escape what escapes the character behind it
    /// @param keepsQuotes quotes group, and stay
    /// @param keepsEscapes escapes work, and stay
    /// @param keepsUnknown variables that are not set stay as they are written
    /// @param ignoresQuotes quotes are characters like others
    record Style(int escape, boolean keepsQuotes, boolean keepsEscapes, boolean keepsUnknown, boolean ignoresQuotes) {

        /// A word of an instruction.
        static Style word(char escape) {
            return new Style(escape, false, false, false, false);
        }

        /// A here-document.
        static Style document() {
            return new Style('\\', false, false, false, true);
        }
    }

    /// @param text expanded
    /// @param words the same, cut at white space that is neither quoted nor escaped
    /// @param matched the names that were used and are set
    /// @param unmatched the names that were used and are not set
    record Result(String text, List<String> words, Set<String> matched, Set<String> unmatched) {}

    /// @throws IllegalArgumentException with the reason, when it cannot be expanded
    static Result read(String text, Style style, Map<String, String> variables) {
        var lex = new Lex(text, style, variables);
        var out = new WordCollector();
        try {
            lex.until(END, out);
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(
                    "failed to process " + GoText.quoted(text) + ": " + wrong.getMessage(), wrong);
        }
        return new Result(out.text(), out.words(), lex.matched, lex.unmatched);
    }

    /// Reads up to and over `stop`, or up to the end.
    private void until(int stop, WordCollector out) {
        if (++depth > DEEPEST) {
            throw new IllegalArgumentException("substitutions are nested too deeply");
        }
        while (at < text.length()) {
            int c = text.codePointAt(at);
            if (c == stop) {
                at++;
                depth--;
                return;
            }
            if (c == '$') {
                out.addUnquoted(dollar());
            } else if (c == '\'' && !style.ignoresQuotes()) {
                out.addQuoted(single());
            } else if (c == '"' && !style.ignoresQuotes()) {
                out.addQuoted(twofold());
            } else if (c == style.escape()) {
                escaped(c, out);
            } else {
                at += Character.charCount(c);
                out.add(c);
            }
        }
        depth--;
        if (stop != END) {
            throw new IllegalArgumentException(
                    "unexpected end of statement while looking for matching " + Character.toString(stop));
        }
    }

    private void escaped(int escape, WordCollector out) {
        at++;
        if (keepsEscapes) {
            out.addQuoted(Character.toString(escape));
        }
        if (at < text.length()) {
            int c = text.codePointAt(at);
            at += Character.charCount(c);
            out.addQuoted(Character.toString(c));
        }
    }

    private String single() {
        int close = text.indexOf('\'', at + 1);
        if (close < 0) {
            at = text.length();
            throw new IllegalArgumentException("unexpected end of statement while looking for matching single-quote");
        }
        int start = at;
        at = close + 1;
        return style.keepsQuotes() ? text.substring(start, at) : text.substring(start + 1, close);
    }

    private String twofold() {
        var out = new StringBuilder(style.keepsQuotes() ? "\"" : "");
        at++;
        while (at < text.length()) {
            int c = text.codePointAt(at);
            if (c == '"') {
                at++;
                return out.append(style.keepsQuotes() ? "\"" : "").toString();
            }
            if (c == '$') {
                out.append(dollar());
                continue;
            }
            at += Character.charCount(c);
            if (c == style.escape()) {
                if (keepsEscapes) {
                    out.appendCodePoint(c);
                }
                if (at == text.length()) {
                    break;
                }
                char next = text.charAt(at);
                if (next == '"' || next == '$' || next == style.escape()) {
                    c = next;
                    at++;
                }
            }
            out.appendCodePoint(c);
        }
        throw new IllegalArgumentException("unexpected end of statement while looking for matching double-quote");
    }

    private String dollar() {
        at++;
        if (at == text.length() || text.charAt(at) != '{') {
            String name = name();
            if (name.isEmpty()) {
                return "$";
            }
            return value(name).orElseGet(() -> style.keepsUnknown() ? "$" + name : "");
        }
        at++;
        if (at == text.length()) {
            throw new IllegalArgumentException("syntax error: missing '}'");
        }
        if ("{}:".indexOf(text.charAt(at)) >= 0) {
            throw new IllegalArgumentException("syntax error: bad substitution");
        }
        return braced(name());
    }

    private String braced(String name) {
        int operator = next();
        switch (operator) {
            case '}' -> {
                return value(name).orElseGet(() -> style.keepsUnknown() ? "${" + name + "}" : "");
            }
            case ':' -> {
                return modified(name, next(), true);
            }
            case '+', '-', '?', '#', '%' -> {
                return modified(name, operator, false);
            }
            case '/' -> {
                return replaced(name);
            }
            case END -> throw new IllegalArgumentException("syntax error: missing '}'");
            default -> throw unsupported(Character.toString(operator));
        }
    }

    private String modified(String name, int operator, boolean emptyCounts) {
        String word = operand('}', operator == '#' || operator == '%', "syntax error: missing '}'");
        String written = (emptyCounts ? ":" : "") + (operator == END ? "" : Character.toString(operator));
        Optional<String> value = value(name);
        if (value.isEmpty() && style.keepsUnknown()) {
            return "${" + name + written + word + "}";
        }
        boolean isThere = value.isPresent() && !(emptyCounts && value.get().isEmpty());
        return switch (operator) {
            case '-' -> isThere ? value.get() : word;
            case '+' -> isThere ? word : "";
            case '?' -> {
                if (!isThere) {
                    String fallback = value.isPresent() ? "is not allowed to be empty" : "is not allowed to be unset";
                    throw new IllegalArgumentException(name + ": " + (word.isEmpty() ? fallback : word));
                }
                yield value.get();
            }
            case '#', '%' -> trimmed(value.orElse(""), operator, word);
            default -> throw unsupported(written);
        };
    }

    private static String trimmed(String value, int operator, String word) {
        boolean isGreedy = !word.isEmpty() && word.charAt(0) == operator;
        String pattern = isGreedy ? word.substring(1) : word;
        return operator == '#'
                ? ShellPattern.withoutPrefix(value, pattern, isGreedy)
                : ShellPattern.withoutSuffix(value, pattern, isGreedy);
    }

    private String replaced(String name) {
        boolean isAll = at < text.length() && text.charAt(at) == '/';
        if (isAll) {
            at++;
        }
        String pattern = operand('/', true, "syntax error: missing '/' in ${}");
        String replacement = operand('}', true, "syntax error: missing '}'");
        Optional<String> value = value(name);
        if (value.isEmpty() && style.keepsUnknown()) {
            return "${" + name + "/" + pattern + "/" + replacement + "}";
        }
        return ShellPattern.replaced(value.orElse(""), pattern, replacement, isAll);
    }

    /// What follows an operator, up to `stop`.
    private String operand(int stop, boolean rawEscapes, String whenMissing) {
        boolean before = keepsEscapes;
        keepsEscapes = rawEscapes;
        try {
            var out = new WordCollector();
            until(stop, out);
            return out.text();
        } catch (IllegalArgumentException wrong) {
            throw at == text.length() ? new IllegalArgumentException(whenMissing, wrong) : wrong;
        } finally {
            keepsEscapes = before;
        }
    }

    private static IllegalArgumentException unsupported(String operator) {
        return new IllegalArgumentException("unsupported modifier (" + operator + ") in substitution");
    }

    private int next() {
        if (at == text.length()) {
            return END;
        }
        int c = text.codePointAt(at);
        at += Character.charCount(c);
        return c;
    }

    /// A name: letters, digits and `_`; a number; or one of the shell's own parameters, which are never set.
    private String name() {
        int start = at;
        if (at < text.length() && Character.isDigit(text.codePointAt(at))) {
            while (at < text.length() && Character.isDigit(text.codePointAt(at))) {
                at += Character.charCount(text.codePointAt(at));
            }
            return text.substring(start, at);
        }
        if (at < text.length() && "@*#?-$!".indexOf(text.charAt(at)) >= 0) {
            at++;
            return text.substring(start, at);
        }
        while (at < text.length() && isPartOfName(text.codePointAt(at))) {
            at += Character.charCount(text.codePointAt(at));
        }
        return text.substring(start, at);
    }

    private static boolean isPartOfName(int c) {
        return c == '_' || Character.isLetter(c) || Character.isDigit(c);
    }

    private Optional<String> value(String name) {
        Optional<String> value = Optional.ofNullable(variables.get(name));
        (value.isPresent() ? matched : unmatched).add(name);
        return value;
    }
}
