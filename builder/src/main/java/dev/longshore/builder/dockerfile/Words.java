package dev.longshore.builder.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Splits and expands words as Dockerfiles do: a small part of what a shell does.
public final class Words {

    private Words() {}

    /// What came of a word, and which variables it took.
    ///
    /// @param matched names of those that are set
    /// @param unmatched names of those that are not
    public record Expansion(String text, Set<String> matched, Set<String> unmatched) {
        public Expansion {
            matched = Set.copyOf(matched);
            unmatched = Set.copyOf(unmatched);
        }
    }

    /// `text` cut at white space outside quotes; quotes and escapes stay. An escape at the very end goes.
    public static List<String> split(String text, char escape) {
        var words = new ArrayList<String>();
        var word = new StringBuilder();
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote == 0 && GoText.isSpace(c)) {
                add(words, word);
                continue;
            }
            if (c == escape && quote != '\'') {
                if (i + 1 < text.length()) {
                    word.append(c).append(text.charAt(++i));
                }
                continue;
            }
            word.append(c);
            if (quote != 0 && c == quote) {
                quote = 0;
            } else if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
            }
        }
        add(words, word);
        return List.copyOf(words);
    }

    private static void add(List<String> words, StringBuilder word) {
        if (!word.isEmpty()) {
            words.add(word.toString());
            word.setLength(0);
        }
    }

    /// `text` cut at white space, quotes or not.
    public static List<String> fields(String text) {
        String bare = GoText.strip(text);
        return bare.isEmpty() ? List.of() : List.of(bare.split("[\t\u000b\f\r ]+"));
    }

    /// `word` with its variables expanded and its quotes removed. An unknown variable is empty.
    ///
    /// @throws IllegalArgumentException with the reason, when it cannot be
    public static String expand(String word, char escape, Map<String, String> variables) {
        return Lex.read(word, Lex.Style.word(escape), variables).text();
    }

    /// The same, telling which variables were used.
    ///
    /// @throws IllegalArgumentException with the reason, when it cannot be
    public static Expansion trace(String word, char escape, Map<String, String> variables) {
        Lex.Result result = Lex.read(word, Lex.Style.word(escape), variables);
        return new Expansion(result.text(), result.matched(), result.unmatched());
    }

    /// The words that `text` expands to: what a variable brings is cut at white space, too.
    ///
    /// @throws IllegalArgumentException with the reason, when it cannot be
    public static List<String> expandToWords(String text, char escape, Map<String, String> variables) {
        return Lex.read(text, Lex.Style.word(escape), variables).words();
    }

    /// The same of a here-document.
    ///
    /// @throws IllegalArgumentException with the reason, when it cannot be
    public static Expansion traceDocument(String text, Map<String, String> variables) {
        Lex.Result result = Lex.read(text, Lex.Style.document(), variables);
        return new Expansion(result.text(), result.matched(), result.unmatched());
    }

    /// Expands a here-document: variables, but quotes are just characters; a backslash escapes whatever the
    /// file's escape character is, and goes.
    ///
    /// @throws IllegalArgumentException with the reason, when it cannot be
    public static String expandDocument(String text, Map<String, String> variables) {
        return Lex.read(text, Lex.Style.document(), variables).text();
    }
}
