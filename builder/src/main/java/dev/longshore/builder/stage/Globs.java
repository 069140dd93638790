package dev.longshore.builder.stage;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// File name patterns as Go's `filepath.Match` reads them, and `**` besides where asked for.
final class Globs {

    private Globs() {}

    static boolean isPattern(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '*' || c == '?' || c == '[') {
                return true;
            }
        }
        return false;
    }

    /// @throws IllegalArgumentException when it is no pattern
    static Pattern compile(String glob, boolean doubleStar) {
        var regex = new StringBuilder();
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            switch (c) {
                case '*' -> {
                    if (doubleStar && glob.startsWith("**", i)) {
                        boolean swallowsSlash = glob.startsWith("**/", i);
                        int end = i + (swallowsSlash ? 3 : 2);
                        regex.append(end == glob.length() ? ".*" : "(?:.*/)?");
                        i = end - 1;
                    } else {
                        regex.append("[^/]*");
                    }
                }
                case '?' -> regex.append("[^/]");
                case '[' -> i = characters(glob, i, regex);
                case '\\' -> {
                    if (++i == glob.length()) {
                        throw wrong(glob, null);
                    }
                    regex.append(Pattern.quote(glob.substring(i, i + 1)));
                }
                default -> regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        try {
            return Pattern.compile(regex.toString(), Pattern.DOTALL);
        } catch (PatternSyntaxException bad) {
            throw wrong(glob, bad);
        }
    }

    /// Reads the class that begins at `open`; returns where its bracket is.
    private static int characters(String glob, int open, StringBuilder regex) {
        regex.append('[');
        int i = open + 1;
        if (i < glob.length() && glob.charAt(i) == '^') {
            regex.append('^');
            i++;
        }
        int start = i;
        for (; i < glob.length() && (glob.charAt(i) != ']' || i == start); i++) {
            char c = glob.charAt(i);
            if (i == start && (c == ']' || c == '-')) {
                throw wrong(glob, null);
            }
            boolean isRange = c == '-';
            if (c == '\\' && ++i < glob.length()) {
                c = glob.charAt(i);
            }
            if (!isRange && "[]&^-\\".indexOf(c) >= 0) {
                regex.append('\\');
            }
            regex.append(c);
        }
        if (i >= glob.length()) {
            throw wrong(glob, null);
        }
        regex.append(']');
        return i;
    }

    private static IllegalArgumentException wrong(String glob, PatternSyntaxException cause) {
        return new IllegalArgumentException("syntax error in pattern: " + glob, cause);
    }
}
