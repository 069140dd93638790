package dev.longshore.base;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/// Writes JSON piece by piece into one array, byte for byte as [GoJson] does of a tree: for what is written so often
/// that a tree would cost more than the text. It knows where a comma belongs, but not whether what is written makes
/// sense. Not thread-safe.
///
/// ```
/// new GoJsonText(64).open('{').name("user").text("a<b").close('}')   ->   {"user":"a\u003cb"}
/// ```
public final class GoJsonText {

    private static final int LAST_CONTROL = 0x1f;
    private static final int LAST_ASCII = 0x7f;
    private static final HexFormat HEX = HexFormat.of();
    /// What is written of each letter of ASCII; empty of those that stand for themselves.
    private static final byte[][] ESCAPES = escapes();
    private static final boolean[] IS_PLAIN = plainLetters();

    private byte[] bytes;
    private int size;
    private boolean isFirst = true;

    /// @param expected about how many bytes there will be
    public GoJsonText(int expected) {
        bytes = new byte[Math.max(expected, 16)];
    }

    private static byte[][] escapes() {
        var escapes = new byte[LAST_ASCII + 1][];
        for (int letter = 0; letter <= LAST_ASCII; letter++) {
            boolean isEscaped = letter <= LAST_CONTROL || "\"\\<>&".indexOf(letter) >= 0;
            String text = !isEscaped
                    ? ""
                    : switch (letter) {
                        case '"' -> "\\\"";
                        case '\\' -> "\\\\";
                        case '\b' -> "\\b";
                        case '\f' -> "\\f";
                        case '\n' -> "\\n";
                        case '\r' -> "\\r";
                        case '\t' -> "\\t";
                        default -> "\\u" + HEX.toHexDigits((char) letter);
                    };
            escapes[letter] = text.getBytes(StandardCharsets.US_ASCII);
        }
        return escapes;
    }

    private static boolean[] plainLetters() {
        var plain = new boolean[ESCAPES.length];
        for (int letter = 0; letter < plain.length; letter++) {
            plain[letter] = ESCAPES[letter].length == 0;
        }
        return plain;
    }

    /// Begins an object or a list, after a name or as an item.
    public GoJsonText open(char bracket) {
        separate();
        put(bracket);
        isFirst = true;
        return this;
    }

    /// Ends it.
    public GoJsonText close(char bracket) {
        put(bracket);
        isFirst = false;
        return this;
    }

    /// A field's name; its value comes next.
    public GoJsonText name(String name) {
        separate();
        quote(name);
        put(':');
        isFirst = true;
        return this;
    }

    /// A text as a value.
    public GoJsonText text(String value) {
        separate();
        quote(value);
        return this;
    }

    /// A value that is written as JSON already.
    public GoJsonText json(byte[] value, int length) {
        separate();
        room(length);
        System.arraycopy(value, 0, bytes, size, length);
        size += length;
        return this;
    }

    /// A line's end.
    public GoJsonText newLine() {
        put('\n');
        return this;
    }

    /// All that was written.
    public byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }

    private void separate() {
        if (!isFirst) {
            put(',');
        }
        isFirst = false;
    }

    private void put(char ascii) {
        room(1);
        bytes[size++] = (byte) ascii;
    }

    private void quote(String text) {
        put('"');
        int length = text.length();
        for (int i = plain(text); i < length; i++) {
            char letter = text.charAt(i);
            if (letter > LAST_ASCII) {
                i += wide(text, i);
            } else if (IS_PLAIN[letter]) {
                put(letter);
            } else {
                put(ESCAPES[letter]);
            }
        }
        put('"');
    }

    /// Writes the beginning of `text` that stands for itself, which mostly is all of it.
    ///
    /// @return how long that is
    private int plain(String text) {
        int length = text.length();
        room(length);
        byte[] out = bytes;
        int at = size;
        int i = 0;
        while (i < length) {
            char letter = text.charAt(i);
            if (letter > LAST_ASCII || !IS_PLAIN[letter]) {
                break;
            }
            out[at++] = (byte) letter;
            i++;
        }
        size = at;
        return i;
    }

    /// Writes what begins at `at` and is no ASCII.
    ///
    /// @return how many more letters of the text that took
    private int wide(String text, int at) {
        char letter = text.charAt(at);
        switch (letter) {
            case '\u2028' -> put("\\u2028".getBytes(StandardCharsets.US_ASCII));
            case '\u2029' -> put("\\u2029".getBytes(StandardCharsets.US_ASCII));
            default -> {
                int point = text.codePointAt(at);
                boolean isHalf = Character.isBmpCodePoint(point) && Character.isSurrogate(letter);
                put((isHalf ? "\uFFFD" : Character.toString(point)).getBytes(StandardCharsets.UTF_8));
                return Character.charCount(point) - 1;
            }
        }
        return 0;
    }

    private void put(byte[] some) {
        room(some.length);
        System.arraycopy(some, 0, bytes, size, some.length);
        size += some.length;
    }

    private void room(int more) {
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
        }
    }
}
