package dev.longshore.builder.dockerfile;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The patterns of `${name#pattern}` and its kin: `*`, `?`, and a backslash before them, before itself, or before
/// what would end the pattern. Neither wildcard matches a line feed.
///
/// Where a match ends is worked out for every place in the value at once, from behind: time and space are
/// bounded by the product of both lengths, whatever the pattern, and that product has a ceiling.
///
/// ```
/// value    a b a b      pattern *b, longest     ends:  4 4 4 4 -
///                                  shortest           2 2 4 4 -
/// ```
final class ShellPattern {

    private static final int STAR = -1;
    private static final int ANY = -2;
    private static final int NONE = -1;
    private static final long MOST_WORK = 64_000_000;
    private static final Pattern REFERENCE = Pattern.compile("\\$(?:(\\$)|(\\w+)|\\{(\\w+)\\})");

    private ShellPattern() {}

    /// `value` without what matches at its beginning: as much as can be, or as little.
    static String withoutPrefix(String value, String pattern, boolean isGreedy) {
        int[] text = value.codePoints().toArray();
        int end = ends(text, tokens(pattern), isGreedy)[0];
        return end == NONE ? value : text(text, end, text.length);
    }

    /// `value` without what matches at its end.
    static String withoutSuffix(String value, String pattern, boolean isGreedy) {
        int[] text = reversed(value.codePoints().toArray());
        int end = ends(text, reversed(tokens(pattern)), isGreedy)[0];
        return end == NONE ? value : text(reversed(text), 0, text.length - end);
    }

    /// `value` with the first match, or all, replaced; `$0` and `$$` in the replacement of all mean what they mean
    /// to Go.
    static String replaced(String value, String pattern, String replacement, boolean isAll) {
        int[] text = value.codePoints().toArray();
        int[] ends = ends(text, tokens(pattern), true);
        var out = new StringBuilder();
        int copied = 0;
        int lastEnd = NONE;
        for (int at = 0; at <= text.length; at = Math.max(at + 1, lastEnd)) {
            // Nothing right behind a match is no match of its own.
            boolean isMatch = ends[at] != NONE && !(ends[at] == at && at == lastEnd);
            if (isMatch) {
                String match = text(text, at, ends[at]);
                out.append(text(text, copied, at)).append(isAll ? template(replacement, match) : replacement);
                copied = ends[at];
                lastEnd = ends[at];
                if (!isAll) {
                    break;
                }
            }
        }
        return out.append(text(text, copied, text.length)).toString();
    }

    private static String template(String replacement, String match) {
        if (replacement.indexOf('$') < 0) {
            return replacement;
        }
        return REFERENCE.matcher(replacement).replaceAll(found -> {
            String group = found.group(2) == null ? found.group(3) : found.group(2);
            return Matcher.quoteReplacement(found.group(1) != null ? "$" : "0".equals(group) ? match : "");
        });
    }

    private static int[] tokens(String pattern) {
        int[] letters = pattern.codePoints().toArray();
        int[] tokens = new int[letters.length];
        int count = 0;
        for (int i = 0; i < letters.length; i++) {
            int c = letters[i];
            if (c == '\\') {
                i++;
                if (i == letters.length || "}/*?\\".indexOf(letters[i]) < 0) {
                    throw invalid(
                            pattern,
                            "invalid escape '\\" + (i == letters.length ? "" : Character.toString(letters[i])) + "'");
                }
                tokens[count++] = letters[i];
            } else if (c == '*') {
                boolean isRepeated = count > 0 && tokens[count - 1] == STAR;
                count += isRepeated ? 0 : 1;
                tokens[count - 1] = STAR;
            } else {
                tokens[count++] = c == '?' ? ANY : c;
            }
        }
        return Arrays.copyOf(tokens, count);
    }

    /// For every place in `text`, and the place behind it: where a match that begins there ends.
    private static int[] ends(int[] text, int[] tokens, boolean isLongest) {
        if ((long) text.length * tokens.length > MOST_WORK) {
            throw new IllegalArgumentException(
                    "a pattern of " + tokens.length + " characters is too long for a value of " + text.length);
        }
        int[] ends = new int[text.length + 1];
        Arrays.setAll(ends, i -> i);
        for (int j = tokens.length - 1; j >= 0; j--) {
            int[] before = new int[text.length + 1];
            before[text.length] = tokens[j] == STAR ? ends[text.length] : NONE;
            for (int i = text.length - 1; i >= 0; i--) {
                before[i] = switch (tokens[j]) {
                    case STAR -> better(ends[i], text[i] == '\n' ? NONE : before[i + 1], isLongest);
                    case ANY -> text[i] == '\n' ? NONE : ends[i + 1];
                    default -> text[i] == tokens[j] ? ends[i + 1] : NONE;
                };
            }
            ends = before;
        }
        return ends;
    }

    private static int better(int a, int b, boolean isLongest) {
        if (a == NONE || b == NONE) {
            return Math.max(a, b);
        }
        return isLongest ? Math.max(a, b) : Math.min(a, b);
    }

    private static int[] reversed(int[] letters) {
        int[] out = new int[letters.length];
        Arrays.setAll(out, i -> letters[letters.length - 1 - i]);
        return out;
    }

    private static String text(int[] letters, int from, int to) {
        return new String(letters, from, to - from);
    }

    private static IllegalArgumentException invalid(String pattern, String why) {
        return new IllegalArgumentException("invalid pattern (" + pattern + ") in substitution: " + why);
    }
}
