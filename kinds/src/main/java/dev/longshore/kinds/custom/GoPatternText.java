package dev.longshore.kinds.custom;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Where the reading of a [GoPattern] stands, and how those of its parts are read that can be wrong in themselves:
/// classes of characters, escapes and the heads of groups.
final class GoPatternText {

    private static final String BAD_ESCAPE = "invalid escape sequence";
    private static final String BAD_CLASS = "invalid character class range";
    private static final String BAD_NAME = "invalid named capture";
    private static final Set<String> POSIX = Set.of(
            "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper",
            "word", "xdigit");
    private static final Set<String> CATEGORIES = Set.of(
            "Any", "C", "Cc", "Cf", "Cn", "Co", "Cs", "L", "LC", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn",
            "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm", "So", "Z",
            "Zl", "Zp", "Zs");
    /// Scripts that Go spells otherwise than Java's constants in capitals and small letters, word by word.
    private static final Map<String, String> SCRIPTS = Map.of("SignWriting", "SIGNWRITING");

    private final String text;
    private int at;

    GoPatternText(String text) {
        this.text = text;
    }

    /// A complaint; it ends the reading.
    static final class Malformed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Malformed(String code, String shown) {
            super("error parsing regexp: " + code + ": `" + shown + "`", null, false, false);
        }
    }

    boolean isAtEnd() {
        return at >= text.length();
    }

    int at() {
        return at;
    }

    char peek() {
        return text.charAt(at);
    }

    void skip(int characters) {
        at += characters;
    }

    boolean startsWith(String prefix) {
        return text.startsWith(prefix, at);
    }

    /// The character here, which is passed over.
    int next() {
        int point = text.codePointAt(at);
        at += Character.charCount(point);
        return point;
    }

    /// Reads the head of a group that begins with `(?`.
    ///
    /// @return false if it only sets flags and opens nothing
    boolean perlGroup() {
        int start = at;
        if (startsWith("(?P<") && text.length() - at > 4 || startsWith("(?<") && text.length() - at > 3) {
            namedGroup(start, startsWith("(?<") ? 3 : 4);
            return true;
        }
        at += 2;
        boolean isNegative = false;
        boolean sawFlag = false;
        while (!isAtEnd()) {
            int point = next();
            switch (point) {
                case 'i', 'm', 's', 'U' -> sawFlag = true;
                case ':', ')' -> {
                    if (isNegative && !sawFlag) {
                        throw new Malformed("invalid or unsupported Perl syntax", text.substring(start, at));
                    }
                    return point == ':';
                }
                default -> {
                    if (point != '-' || isNegative) {
                        throw new Malformed("invalid or unsupported Perl syntax", text.substring(start, at));
                    }
                    isNegative = true;
                    sawFlag = false;
                }
            }
        }
        throw new Malformed("missing closing )", text);
    }

    private void namedGroup(int start, int head) {
        int end = text.indexOf('>', start);
        if (end < 0) {
            throw new Malformed(BAD_NAME, text.substring(start));
        }
        String name = text.substring(start + head, end);
        boolean isName = !name.isEmpty() && name.chars().allMatch(letter -> letter == '_' || isWord(letter));
        if (!isName) {
            throw new Malformed(BAD_NAME, text.substring(start, end + 1));
        }
        at = end + 1;
    }

    private static boolean isWord(int letter) {
        return letter < 128 && Character.isLetterOrDigit(letter);
    }

    /// Reads `\Q…\E`.
    ///
    /// @return false if nothing is quoted
    boolean quoted() {
        int start = at + 2;
        int end = text.indexOf("\\E", start);
        at = end < 0 ? text.length() : end + 2;
        return end != start && start < text.length();
    }

    void escapeOutsideClass() {
        if (startsWith("\\C")) {
            throw new Malformed(BAD_ESCAPE, "\\C");
        }
        boolean isAssertion = at + 1 < text.length() && "AbBz".indexOf(text.charAt(at + 1)) >= 0;
        if (isAssertion) {
            at += 2;
        } else if (!namedClass()) {
            escape();
        }
    }

    /// Reads `[…]`.
    void characterClass() {
        int start = at;
        at++;
        if (!isAtEnd() && peek() == '^') {
            at++;
        }
        boolean isFirst = true;
        while (isAtEnd() || peek() != ']' || isFirst) {
            isFirst = false;
            if (posixClass() || !isAtEnd() && namedClass()) {
                continue;
            }
            int from = at;
            int low = member(start);
            if (at + 1 < text.length() && peek() == '-' && text.charAt(at + 1) != ']') {
                at++;
                if (member(start) < low) {
                    throw new Malformed(BAD_CLASS, text.substring(from, at));
                }
            }
        }
        at++;
    }

    private int member(int start) {
        if (isAtEnd()) {
            throw new Malformed("missing closing ]", text.substring(start));
        }
        return peek() == '\\' ? escape() : next();
    }

    private boolean posixClass() {
        int end = startsWith("[:") && at + 2 < text.length() ? text.indexOf(":]", at + 2) : -1;
        if (end < 0) {
            return false;
        }
        String name = text.substring(at + 2, end);
        if (!POSIX.contains(name.startsWith("^") ? name.substring(1) : name)) {
            throw new Malformed(BAD_CLASS, text.substring(at, end + 2));
        }
        at = end + 2;
        return true;
    }

    /// Reads `\d` and its like, or `\p{Greek}`; false if there is none of them.
    private boolean namedClass() {
        if (peek() != '\\' || at + 1 >= text.length()) {
            return false;
        }
        char letter = text.charAt(at + 1);
        if ("dDsSwW".indexOf(letter) >= 0) {
            at += 2;
            return true;
        }
        if (letter == 'p' || letter == 'P') {
            unicodeClass();
            return true;
        }
        return false;
    }

    private void unicodeClass() {
        int start = at;
        at += 2;
        if (isAtEnd()) {
            throw new Malformed(BAD_CLASS, text.substring(start));
        }
        String name;
        if (next() == '{') {
            int end = text.indexOf('}', start);
            if (end < 0) {
                throw new Malformed(BAD_CLASS, text.substring(start));
            }
            name = text.substring(start + 3, end);
            at = end + 1;
        } else {
            name = text.substring(start + 2, at);
        }
        String plain = name.startsWith("^") ? name.substring(1) : name;
        if (!CATEGORIES.contains(plain) && !isScript(plain)) {
            throw new Malformed(BAD_CLASS, text.substring(start, at));
        }
    }

    private static boolean isScript(String name) {
        String constant = SCRIPTS.getOrDefault(name, name.toUpperCase(Locale.ROOT));
        boolean isSpelled = SCRIPTS.containsKey(name)
                || Arrays.stream(name.split("_", -1))
                        .allMatch(word -> !word.isEmpty()
                                && word.equals(Character.toUpperCase(word.charAt(0))
                                        + word.substring(1).toLowerCase(Locale.ROOT)));
        return isSpelled
                && Arrays.stream(Character.UnicodeScript.values())
                        .anyMatch(
                                script -> script.name().equals(constant) && script != Character.UnicodeScript.UNKNOWN);
    }

    /// Reads an escape that stands for one character.
    private int escape() {
        int start = at;
        at++;
        if (isAtEnd()) {
            throw new Malformed("trailing backslash at end of expression", "");
        }
        int point = next();
        int character =
                switch (point) {
                    case '0', '1', '2', '3', '4', '5', '6', '7' -> octal(point);
                    case 'x' -> hexadecimal();
                    case 'a', 'f', 'n', 'r', 't', 'v' -> "\u0007\f\n\r\t\u000b".charAt("afnrtv".indexOf(point));
                    default -> point < 128 && !isWord(point) ? point : -1;
                };
        if (character < 0) {
            throw new Malformed(BAD_ESCAPE, text.substring(start, at));
        }
        return character;
    }

    /// A digit alone is a reference back, unless it is zero.
    private int octal(int first) {
        if (first != '0' && !isOctal()) {
            return -1;
        }
        int value = first - '0';
        for (int i = 1; i < 3 && isOctal(); i++) {
            value = value * 8 + next() - '0';
        }
        return value;
    }

    private boolean isOctal() {
        return !isAtEnd() && peek() >= '0' && peek() <= '7';
    }

    private int hexadecimal() {
        if (isAtEnd()) {
            return -1;
        }
        int first = next();
        if (first == '{') {
            return braced();
        }
        int high = digit(first);
        int low = isAtEnd() ? -1 : digit(next());
        return high < 0 || low < 0 ? -1 : high * 16 + low;
    }

    private int braced() {
        int value = 0;
        boolean isEmpty = true;
        while (!isAtEnd()) {
            int point = next();
            if (point == '}') {
                return isEmpty ? -1 : value;
            }
            int digit = digit(point);
            value = value * 16 + digit;
            if (digit < 0 || value > Character.MAX_CODE_POINT) {
                return -1;
            }
            isEmpty = false;
        }
        return -1;
    }

    private static int digit(int point) {
        return point < 128 ? Character.digit(point, 16) : -1;
    }
}
