package dev.longshore.builder.dockerfile;

import java.util.Set;

/// Text as Go prints and cuts it.
public final class GoText {

    private static final Set<String> TRUE = Set.of("1", "t", "T", "TRUE", "true", "True");

    private GoText() {}

    /// True for what Go's strconv.ParseBool takes for true.
    public static boolean isTrue(String text) {
        return TRUE.contains(text);
    }

    /// As `%q`: in quotes, with escapes for what cannot be seen.
    public static String quoted(String text) {
        var out = new StringBuilder("\"");
        text.codePoints().forEach(c -> {
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\t' -> out.append("\\t");
                case '\r' -> out.append("\\r");
                case 7 -> out.append("\\a");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                case 11 -> out.append("\\v");
                default -> append(out, c);
            }
        });
        return out.append('"').toString();
    }

    private static void append(StringBuilder out, int c) {
        if (c < 0x20 || c == 0x7f) {
            out.append("\\x%02x".formatted(c));
        } else if (Character.isISOControl(c) || Character.getType(c) == Character.UNASSIGNED) {
            out.append(c < 0x10000 ? "\\u%04x".formatted(c) : "\\U%08x".formatted(c));
        } else {
            out.appendCodePoint(c);
        }
    }

    /// As `%q` of a number, taken for a character.
    public static String quotedRune(int c) {
        String inner = quoted(Character.toString(c));
        String bare = c == '"' ? "\"" : inner.substring(1, inner.length() - 1);
        return "'" + (c == '\'' ? "\\'" : bare) + "'";
    }

    /// As `strings.TrimSpace`: a space that does not break goes, too.
    public static String strip(String text) {
        int end = text.length();
        while (end > 0 && isSpace(text.charAt(end - 1))) {
            end--;
        }
        return stripLeading(text.substring(0, end));
    }

    static String stripLeading(String text) {
        int start = 0;
        while (start < text.length() && isSpace(text.charAt(start))) {
            start++;
        }
        return text.substring(start);
    }

    /// As `unicode.IsSpace`.
    static boolean isSpace(int c) {
        return c >= 9 && c <= 13 || c == 0x85 || c == 0xa0 || Character.isSpaceChar(c);
    }
}
