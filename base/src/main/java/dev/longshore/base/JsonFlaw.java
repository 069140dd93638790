package dev.longshore.base;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/// Finds what is wrong with a text that is not JSON, and says it as Go's parser does: clients of Kubernetes have
/// seen these sentences for years. Only used once a text was refused, so it may read it all again.
final class JsonFlaw {

    private static final String ENDED = "unexpected end of JSON input";
    private static final String ESCAPES = "\"\\/bfnrt";

    private final String text;
    private final int maxDepth;
    private final Deque<Character> open = new ArrayDeque<>();
    private int at;

    private JsonFlaw(String text, int maxDepth) {
        this.text = text;
        this.maxDepth = maxDepth;
    }

    /// Empty if nothing is wrong with it as far as Go is concerned.
    static Optional<String> of(String text, int maxDepth) {
        try {
            new JsonFlaw(text, maxDepth).document();
            return Optional.empty();
        } catch (FlawException found) {
            return Optional.of(found.getMessage());
        }
    }

    private void document() {
        value();
        while (!open.isEmpty()) {
            // A value inside an object or a list has ended.
            boolean isObject = open.peek() == '{';
            char next = token();
            if (next == ',') {
                if (isObject) {
                    key();
                }
                value();
            } else if (next == (isObject ? '}' : ']')) {
                open.pop();
            } else {
                throw invalid(next, isObject ? "after object key:value pair" : "after array element");
            }
        }
        skipSpace();
        if (at < text.length()) {
            throw invalid(text.charAt(at), "after top-level value");
        }
    }

    /// Reads a value up to where it ends or, in objects and lists, up to the end of their first simple value.
    private void value() {
        while (true) {
            char first = token();
            switch (first) {
                case '{' -> {
                    push(first);
                    if (peek() == '}') {
                        at++;
                        open.pop();
                        return;
                    }
                    key();
                }
                case '[' -> {
                    push(first);
                    if (peek() == ']') {
                        at++;
                        open.pop();
                        return;
                    }
                }
                default -> {
                    scalar(first);
                    return;
                }
            }
        }
    }

    private void push(char bracket) {
        open.push(bracket);
        if (open.size() > maxDepth) {
            throw new FlawException("exceeded max depth");
        }
    }

    private void scalar(char first) {
        switch (first) {
            case '"' -> string();
            case 't' -> word("true");
            case 'f' -> word("false");
            case 'n' -> word("null");
            case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number(first);
            default -> throw invalid(first, "looking for beginning of value");
        }
    }

    private void key() {
        char quote = token();
        if (quote != '"') {
            throw invalid(quote, "looking for beginning of object key string");
        }
        string();
        char colon = token();
        if (colon != ':') {
            throw invalid(colon, "after object key");
        }
    }

    /// Behind the opening quote.
    private void string() {
        while (true) {
            char each = next();
            if (each == '"') {
                return;
            }
            if (each < ' ') {
                throw invalid(each, "in string literal");
            }
            if (each == '\\') {
                escape();
            }
        }
    }

    private void escape() {
        char kind = next();
        if (kind == 'u') {
            for (int i = 0; i < 4; i++) {
                char digit = next();
                if (Character.digit(digit, 16) < 0 || digit > 'f') {
                    throw invalid(digit, "in \\u hexadecimal character escape");
                }
            }
        } else if (ESCAPES.indexOf(kind) < 0) {
            throw invalid(kind, "in string escape code");
        }
    }

    private void word(String word) {
        for (int i = 1; i < word.length(); i++) {
            char each = next();
            if (each != word.charAt(i)) {
                throw invalid(each, "in literal " + word + " (expecting '" + word.charAt(i) + "')");
            }
        }
    }

    private void number(char first) {
        char lead = first == '-' ? next() : first;
        if (!isDigit(lead)) {
            throw invalid(lead, "in numeric literal");
        }
        if (lead != '0') {
            digits();
        }
        if (at < text.length() && text.charAt(at) == '.') {
            at++;
            requireDigit("after decimal point in numeric literal");
        }
        if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
            at++;
            if (at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-')) {
                at++;
            }
            requireDigit("in exponent of numeric literal");
        }
    }

    private void requireDigit(String where) {
        char digit = next();
        if (!isDigit(digit)) {
            throw invalid(digit, where);
        }
        digits();
    }

    private void digits() {
        while (at < text.length() && isDigit(text.charAt(at))) {
            at++;
        }
    }

    private static boolean isDigit(char each) {
        return each >= '0' && each <= '9';
    }

    private char token() {
        skipSpace();
        return next();
    }

    private char peek() {
        skipSpace();
        if (at >= text.length()) {
            throw new FlawException(ENDED);
        }
        return text.charAt(at);
    }

    private char next() {
        if (at >= text.length()) {
            throw new FlawException(ENDED);
        }
        return text.charAt(at++);
    }

    private void skipSpace() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private static FlawException invalid(char found, String where) {
        return new FlawException("invalid character " + quoted(found) + " " + where);
    }

    private static String quoted(char found) {
        return switch (found) {
            case '\'' -> "'\\''";
            case '"' -> "'\"'";
            case '\\' -> "'\\\\'";
            case '\n' -> "'\\n'";
            case '\t' -> "'\\t'";
            case '\r' -> "'\\r'";
            default -> found < ' ' || found == 0x7f ? "'\\x%02x'".formatted((int) found) : "'" + firstByte(found) + "'";
        };
    }

    /// Go looks at bytes: of a letter that takes several it shows the first, as if it were one.
    private static char firstByte(char found) {
        if (found < 0x80) {
            return found;
        }
        return (char) (found < 0x800 ? 0xc0 | found >> 6 : 0xe0 | found >> 12);
    }

    private static final class FlawException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        FlawException(String message) {
            super(message, null, false, false);
        }
    }
}
