package dev.longshore.builder.stage;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// File name patterns as Go's `filepath.Match` reads them, and `**` besides where asked for.
final class Globs {

    private Globs() {}

    static boolean isPattern(String text) {
        return text.indexOf('*') >= 0 || text.indexOf('?') >= 0 || text.indexOf('[') >= 0;
    }

    static Pattern compile(String glob, boolean doubleStar) {
        var regex = new StringBuilder();
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            switch (c) {
                case '*' -> {
                    if (doubleStar && glob.startsWith("**", i)) {
                        boolean swallowsSlash = glob.startsWith("**/", i);
                        regex.append(swallowsSlash ? "(?:.*/)?" : ".*");
                        i += swallowsSlash ? 2 : 1;
                    } else {
                        regex.append("[^/]*");
                    }
                }
                case '?' -> regex.append("[^/]");
                case '[' -> {
                    int close = glob.indexOf(']', i + 2);
                    if (close < 0) {
                        throw new IllegalArgumentException("syntax error in pattern: " + glob);
                    }
                    String set =
                            glob.substring(i + 1, close).replace("\\", "\\\\").replace("[", "\\[");
                    regex.append('[').append(set.replace("&&", "&\\&")).append(']');
                    i = close;
                }
                case '\\' -> {
                    if (i + 1 < glob.length()) {
                        regex.append(Pattern.quote(glob.substring(i + 1, i + 2)));
                        i++;
                    }
                }
                default -> regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        try {
            return Pattern.compile(regex.toString(), Pattern.DOTALL);
        } catch (PatternSyntaxException bad) {
            throw new IllegalArgumentException("syntax error in pattern: " + glob, bad);
        }
    }
}
