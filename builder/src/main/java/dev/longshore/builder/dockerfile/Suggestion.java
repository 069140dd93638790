package dev.longshore.builder.dockerfile;

import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/// What somebody may have meant who mistyped a word.
public final class Suggestion {

    private static final int TOO_FAR = 3;

    private Suggestion() {}

    /// ` (did you mean X?)`, where X is the nearest of `options` that differs from `word` in at most two letters;
    /// nothing if none is that near, or if `word` is one of them. Case counts.
    public static String of(String word, Collection<String> options) {
        return nearest(word, options).map(Suggestion::asked).orElse("");
    }

    /// The word alone.
    public static Optional<String> find(String word, Collection<String> options) {
        return nearest(word, options);
    }

    /// The same where case does not count; the answer is spelled in the case of `word`.
    public static String ofAnyCase(String word, Collection<String> options) {
        String lower = word.toLowerCase(Locale.ROOT);
        var lowerOptions =
                options.stream().map(option -> option.toLowerCase(Locale.ROOT)).toList();
        boolean isUpper = !word.equals(lower) && word.equals(word.toUpperCase(Locale.ROOT));
        return nearest(lower, lowerOptions)
                .map(best -> asked(isUpper ? best.toUpperCase(Locale.ROOT) : best))
                .orElse("");
    }

    private static String asked(String word) {
        return " (did you mean " + word + "?)";
    }

    private static Optional<String> nearest(String word, Collection<String> options) {
        Optional<String> best = Optional.empty();
        int bestDistance = TOO_FAR;
        for (String option : options.stream().sorted().toList()) {
            if (option.equals(word)) {
                return Optional.empty();
            }
            boolean canBeNear = Math.abs(option.length() - word.length()) < TOO_FAR;
            int distance = canBeNear ? distance(word, option) : TOO_FAR;
            // Letters that have only changed places are what fingers do.
            boolean isLikelier = distance == bestDistance && distance < TOO_FAR && haveSameLetters(word, option);
            if (distance < bestDistance || isLikelier) {
                best = Optional.of(option);
                bestDistance = distance;
            }
        }
        return best;
    }

    private static boolean haveSameLetters(String a, String b) {
        return Arrays.equals(a.chars().sorted().toArray(), b.chars().sorted().toArray());
    }

    /// Levenshtein's.
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
