package dev.longshore.builder.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Splits and expands words as Dockerfiles do: a small part of what a shell does.
public final class Words {

    private final String word;
    private final char escape;
    private final Map<String, String> variables;
    private final StringBuilder out = new StringBuilder();
    private int at;

    private Words(String word, char escape, Map<String, String> variables) {
        this.word = word;
        this.escape = escape;
        this.variables = variables;
    }

    /// `text` cut at white space outside quotes; quotes and escapes stay.
    public static List<String> split(String text, char escape) {
        var words = new ArrayList<String>();
        var word = new StringBuilder();
        boolean inWord = false;
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote == 0 && Character.isWhitespace(c)) {
                if (inWord) {
                    words.add(word.toString());
                    word.setLength(0);
                    inWord = false;
                }
                continue;
            }
            inWord = true;
            word.append(c);
            if (c == escape && quote != '\'' && i + 1 < text.length()) {
                word.append(text.charAt(++i));
            } else if (quote != 0 && c == quote) {
                quote = 0;
            } else if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
            }
        }
        if (inWord) {
            words.add(word.toString());
        }
        return List.copyOf(words);
    }

    /// `word` with its variables expanded and its quotes removed. An unknown variable is empty.
    ///
    /// @throws IllegalArgumentException with the reason, when it cannot be
    public static String expand(String word, char escape, Map<String, String> variables) {
        var words = new Words(word, escape, variables);
        words.until(-1);
        return words.out.toString();
    }

    /// Expands a document: variables, but quotes are just characters.
    public static String expandDocument(String text, char escape, Map<String, String> variables) {
        var words = new Words(text, escape, variables);
        while (words.at < text.length()) {
            char c = text.charAt(words.at);
            if (c == escape && words.at + 1 < text.length() && text.charAt(words.at + 1) == '$') {
                words.out.append('$');
                words.at += 2;
            } else if (c == '$') {
                words.variable();
            } else {
                words.out.append(c);
                words.at++;
            }
        }
        return words.out.toString();
    }

    private void until(int end) {
        while (at < word.length() && word.charAt(at) != end) {
            char c = word.charAt(at);
            if (c == '\'') {
                single();
            } else if (c == '"') {
                twofold();
            } else if (c == '$') {
                variable();
            } else if (c == escape) {
                at++;
                if (at < word.length()) {
                    out.append(word.charAt(at++));
                }
            } else {
                out.append(c);
                at++;
            }
        }
    }

    private void single() {
        int close = word.indexOf('\'', at + 1);
        if (close < 0) {
            throw new IllegalArgumentException("unexpected end of statement while looking for matching single-quote");
        }
        out.append(word, at + 1, close);
        at = close + 1;
    }

    private void twofold() {
        at++;
        while (at < word.length() && word.charAt(at) != '"') {
            char c = word.charAt(at);
            if (c == '$') {
                variable();
            } else if (c == escape && at + 1 < word.length()) {
                char next = word.charAt(at + 1);
                if (next != '"' && next != '$' && next != escape) {
                    out.append(c);
                }
                out.append(next);
                at += 2;
            } else {
                out.append(c);
                at++;
            }
        }
        if (at == word.length()) {
            throw new IllegalArgumentException("unexpected end of statement while looking for matching double-quote");
        }
        at++;
    }

    private void variable() {
        at++;
        if (at < word.length() && word.charAt(at) == '{') {
            at++;
            braced();
            return;
        }
        String name = name();
        out.append(name.isEmpty() ? "$" : variables.getOrDefault(name, ""));
    }

    private void braced() {
        String name = name();
        if (name.isEmpty() || at == word.length()) {
            throw new IllegalArgumentException("syntax error: bad substitution");
        }
        boolean emptyCounts = word.charAt(at) == ':';
        if (emptyCounts) {
            at++;
        }
        char operator = at < word.length() ? word.charAt(at) : 0;
        if (operator == '}' && !emptyCounts) {
            at++;
            out.append(variables.getOrDefault(name, ""));
            return;
        }
        if ("-+?".indexOf(operator) < 0 || operator == 0) {
            throw new IllegalArgumentException("unsupported modifier (" + operator + ") in substitution");
        }
        at++;
        int start = out.length();
        until('}');
        if (at == word.length()) {
            throw new IllegalArgumentException("syntax error: missing '}'");
        }
        at++;
        String alternative = out.substring(start);
        out.setLength(start);
        String value = variables.get(name);
        boolean isThere = value != null && !(emptyCounts && value.isEmpty());
        switch (operator) {
            case '-' -> out.append(isThere ? value : alternative);
            case '+' -> out.append(isThere ? alternative : "");
            default -> {
                if (!isThere) {
                    throw new IllegalArgumentException(name + ": " + (alternative.isEmpty() ? "not set" : alternative));
                }
                out.append(value);
            }
        }
    }

    private String name() {
        int start = at;
        while (at < word.length() && isPartOfName(word.charAt(at), at == start)) {
            at++;
        }
        return word.substring(start, at);
    }

    private static boolean isPartOfName(char c, boolean isFirst) {
        return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || !isFirst && c >= '0' && c <= '9';
    }
}
