package dev.longshore.builder.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Finds the here-documents that an instruction announces. A word announces one only if it is nothing else:
/// `<<EOF`, `3<<-"EOF"`, but neither `a<<EOF` nor anything within quotes. A backslash escapes here whatever the
/// file's escape character is.
public final class Heredocs {

    private static final Pattern ANNOUNCED = Pattern.compile("([0-9]*)<<(-?)([^<]*)");
    private static final Set<String> WITH_DOCUMENTS = Set.of("RUN", "COPY", "ADD");
    private static final Lex.Style WHOLE_LINE = new Lex.Style('\\', true, true, true, false);
    private static final Lex.Style BARE = new Lex.Style('\\', false, false, true, false);
    private static final Lex.Style WITH_QUOTES = new Lex.Style('\\', true, false, true, false);

    private Heredocs() {}

    /// A document that is to come.
    ///
    /// @param isLiteral true if its word is quoted
    /// @param stripsTabs true for `<<-`
    public record Announced(String name, boolean isLiteral, boolean stripsTabs) {}

    /// What `line`, an instruction as it is written, announces, in order.
    ///
    /// @throws IllegalArgumentException with the reason, when a word cannot be read
    static List<Announced> of(String line) {
        if (!line.contains("<<") || !mayHave(line)) {
            return List.of();
        }
        List<String> words;
        try {
            words = Lex.read(line, WHOLE_LINE, Map.of()).words();
        } catch (IllegalArgumentException noWords) {
            // What a shell may make sense of is none of ours.
            return List.of();
        }
        var announced = new ArrayList<Announced>();
        words.forEach(word -> read(word).ifPresent(announced::add));
        return List.copyOf(announced);
    }

    /// The document that `word` announces, if that is all it does.
    ///
    /// @throws IllegalArgumentException with the reason, when it cannot be read
    static Optional<Announced> read(String word) {
        Matcher parts = ANNOUNCED.matcher(word);
        if (!parts.matches() || parts.group(3).isEmpty()) {
            return Optional.empty();
        }
        List<String> bare = Lex.read(parts.group(3), BARE, Map.of()).words();
        if (bare.size() != 1) {
            return Optional.empty();
        }
        List<String> quoted = Lex.read(parts.group(3), WITH_QUOTES, Map.of()).words();
        boolean isLiteral = quotes(String.join("", quoted)) != quotes(bare.getFirst());
        return Optional.of(
                new Announced(bare.getFirst(), isLiteral, !parts.group(2).isEmpty()));
    }

    /// The document that `word` announces, if that is all it does and it can be read.
    public static Optional<Announced> find(String word) {
        try {
            return read(word);
        } catch (IllegalArgumentException none) {
            return Optional.empty();
        }
    }

    private static boolean mayHave(String line) {
        String[] parts = GoText.strip(line).split("[\t\u000b\f\r ]+", 2);
        String keyword = parts[0].toUpperCase(Locale.ROOT);
        if (keyword.equals("ONBUILD")) {
            return parts.length == 2 && !parts[1].toUpperCase(Locale.ROOT).startsWith("ONBUILD") && mayHave(parts[1]);
        }
        if (!WITH_DOCUMENTS.contains(keyword) || parts.length < 2) {
            return false;
        }
        return !isJson(FlagWords.of(parts[1]).rest());
    }

    private static boolean isJson(String rest) {
        try {
            return JsonForm.read(rest).isPresent();
        } catch (IllegalArgumentException noStrings) {
            return true;
        }
    }

    private static long quotes(String word) {
        return word.chars().filter(c -> c == '\'' || c == '"').count();
    }
}
