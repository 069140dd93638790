package dev.longshore.images.registry.access;

import java.util.regex.Pattern;

/// Names of repositories (or tags): `*` stands for anything without a slash, `**` for anything.
public record RepositoryPattern(String text) {

    private static final Pattern WORDS = Pattern.compile("[A-Za-z0-9._/:*-]+");

    public RepositoryPattern {
        if (!WORDS.matcher(text).matches()) {
            throw new IllegalArgumentException("not a pattern: \"" + text + "\"");
        }
    }

    /// Whether `name` is one of them.
    public boolean fits(String name) {
        return fits(0, name, 0);
    }

    /// Walks both texts at once; patterns are short and the operator's own, so going back is no danger.
    private boolean fits(int at, String name, int from) {
        if (at == text.length()) {
            return from == name.length();
        }
        if (text.charAt(at) != '*') {
            return from < name.length() && name.charAt(from) == text.charAt(at) && fits(at + 1, name, from + 1);
        }
        boolean isDeep = text.startsWith("**", at);
        for (int end = from; ; end++) {
            if (fits(at + (isDeep ? 2 : 1), name, end)) {
                return true;
            }
            if (end == name.length() || !isDeep && name.charAt(end) == '/') {
                return false;
            }
        }
    }
}
