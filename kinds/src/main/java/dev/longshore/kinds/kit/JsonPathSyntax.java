package dev.longshore.kinds.kit;

import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Whether a text is a JSONPath template as kubectl's `-o jsonpath` takes it, and if not, why, in client-go's words.
public final class JsonPathSyntax {

    private static final int END = -1;
    private static final Pattern KEY = Pattern.compile("'([^']*)'");
    private static final Pattern SLICE = Pattern.compile("(-?[0-9]*)(:-?[0-9]*)?(:-?[0-9]*)?");
    private static final Pattern COMPARISON = Pattern.compile("([^!<>=]+)([!<>=]+)(.+?)", Pattern.DOTALL);
    private static final Pattern NUMBER = Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)");
    private static final Pattern ESCAPE =
            Pattern.compile("\\\\([abfnrtv\\\\]|[0-3][0-7]{2}|x\\p{XDigit}{2}|u\\p{XDigit}{4}|U\\p{XDigit}{8})");

    private final String text;
    private int at;
    private int start;
    private boolean followsRecursion;

    private JsonPathSyntax(String text) {
        this.text = text;
    }

    /// A complaint; it ends the reading.
    private static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        Malformed(String message) {
            super(message);
        }
    }

    /// What is wrong with `template`, in which paths stand in braces, as `{.spec.replicas}`; empty if nothing is.
    public static Optional<String> fault(String template) {
        try {
            new JsonPathSyntax(template).template();
            return Optional.empty();
        } catch (Malformed malformed) {
            return Optional.of(malformed.getMessage());
        }
    }

    private static void path(String path) throws Malformed {
        new JsonPathSyntax("{" + path + "}").template();
    }

    private void template() throws Malformed {
        for (int open = text.indexOf('{', at); open >= 0; open = text.indexOf('{', at)) {
            at = open + 1;
            followsRecursion = false;
            inBraces();
        }
    }

    private void inBraces() throws Malformed {
        while (true) {
            start = at;
            if (skip("}")) {
                return;
            }
            boolean wasRecursion = followsRecursion;
            followsRecursion = false;
            if (skip("[?(")) {
                filter();
            } else if (skip("..")) {
                recursion(wasRecursion);
            } else {
                followsRecursion = wasRecursion && isSilent(peek());
                step(next());
            }
        }
    }

    /// A character that stands for nothing of its own.
    private static boolean isSilent(int letter) {
        return letter == ' ' || letter == '@' || letter == '$';
    }

    private void step(int letter) throws Malformed {
        switch (letter) {
            case END, '\r', '\n' -> throw new Malformed("unclosed action");
            case ' ', '@', '$' -> {}
            case '[' -> array();
            case '"', '\'' -> quote(letter);
            case '.' -> field();
            case '+', '-' -> number();
            default -> {
                if (Character.isDigit(letter)) {
                    number();
                } else if (isWord(letter)) {
                    skipWhile(follower -> !isTerminator(follower));
                } else {
                    throw new Malformed("unrecognized character in action: " + shown(letter));
                }
            }
        }
    }

    private static String shown(int letter) {
        String code = "U+%04X".formatted(letter);
        return Character.isISOControl(letter) || !Character.isDefined(letter)
                ? code
                : code + " '" + Character.toString(letter) + "'";
    }

    private void recursion(boolean isRepeated) throws Malformed {
        if (isRepeated) {
            throw new Malformed("invalid multiple recursive descent");
        }
        if (isWord(peek())) {
            field();
        } else {
            followsRecursion = true;
        }
    }

    private void field() {
        while (!isTerminator(peek())) {
            if (next() == '\\') {
                next();
            }
        }
    }

    private void number() throws Malformed {
        skipWhile(letter -> letter == '.' || Character.isDigit(letter));
        String number = text.substring(start, at);
        if (!NUMBER.matcher(number).matches()) {
            throw new Malformed("cannot parse number " + number);
        }
    }

    private void array() throws Malformed {
        for (int letter = next(); letter != ']'; letter = next()) {
            if (letter == END || letter == '\n') {
                throw new Malformed("unterminated array");
            }
        }
        String inside = text.substring(start + 1, at - 1);
        Matcher key = KEY.matcher(inside);
        if (inside.contains(",")) {
            for (String one : inside.split(",", -1)) {
                path("[" + trimmed(one) + "]");
            }
        } else if (key.matches()) {
            path("." + key.group(1));
        } else if (!inside.equals("*")) {
            slice(inside);
        }
    }

    private static String trimmed(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && text.charAt(from) == ' ') {
            from++;
        }
        while (to > from && text.charAt(to - 1) == ' ') {
            to--;
        }
        return text.substring(from, to);
    }

    private static void slice(String text) throws Malformed {
        Matcher slice = SLICE.matcher(text);
        if (!slice.matches()) {
            throw new Malformed("invalid array index " + text);
        }
        for (int i = 1; i <= 3; i++) {
            String part = slice.group(i);
            String number = part == null || part.isEmpty() ? "" : i == 1 ? part : part.substring(1);
            if (!number.isEmpty() && !isLong(number)) {
                throw new Malformed("array index " + number + " is not a number");
            }
        }
    }

    private static boolean isLong(String number) {
        try {
            Long.parseLong(number);
            return true;
        } catch (NumberFormatException notLong) {
            return false;
        }
    }

    private void filter() throws Malformed {
        int from = at;
        int quote = 0;
        boolean isOpen = false;
        for (int letter = next(); letter != ')' || isOpen; letter = next()) {
            if (letter == END || letter == '\n') {
                throw new Malformed("unterminated filter");
            }
            if (letter != '"' && letter != '\'') {
                continue;
            }
            if (quote == 0) {
                quote = letter;
                isOpen = true;
            } else if (letter == quote && text.charAt(at - 2) != '\\') {
                isOpen = false;
            }
        }
        String inside = text.substring(from, at - 1);
        if (next() != ']') {
            throw new Malformed("unclosed array expect ]");
        }
        Matcher comparison = COMPARISON.matcher(inside);
        if (comparison.matches()) {
            path(comparison.group(1));
            path(comparison.group(3));
        } else {
            path(inside);
        }
    }

    private void quote(int quote) throws Malformed {
        for (int letter = next(); letter != quote || text.charAt(at - 2) == '\\'; letter = next()) {
            if (letter == END || letter == '\n') {
                throw new Malformed("unterminated quoted string");
            }
        }
        String quoted = text.substring(start, at);
        String inside = quoted.substring(1, Math.max(1, quoted.length() - 1));
        String plain = ESCAPE.matcher(inside).replaceAll("").replace("\\" + Character.toString(quote), "");
        if (quoted.length() < 2 || plain.contains("\\") || plain.indexOf(quote) >= 0) {
            throw new Malformed("unquote string " + quoted + " error invalid syntax");
        }
    }

    private boolean skip(String prefix) {
        boolean isThere = text.startsWith(prefix, at);
        if (isThere) {
            at += prefix.length();
        }
        return isThere;
    }

    private void skipWhile(IntPredicate wanted) {
        while (peek() != END && wanted.test(peek())) {
            next();
        }
    }

    private int peek() {
        return at < text.length() ? text.codePointAt(at) : END;
    }

    private int next() {
        int letter = peek();
        at += letter == END ? 0 : Character.charCount(letter);
        return letter;
    }

    private static boolean isWord(int letter) {
        return letter == '_' || letter != END && Character.isLetterOrDigit(letter);
    }

    private static boolean isTerminator(int letter) {
        return letter == END || " \t\r\n.,[]$@{}".indexOf(letter) >= 0;
    }
}
