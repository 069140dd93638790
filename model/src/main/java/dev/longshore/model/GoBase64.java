package dev.longshore.model;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.OptionalInt;

/// Base64 as Go decodes it: ends of lines count for nothing, and errors name the place where it stops.
public final class GoBase64 {

    private static final int QUANTUM = 4;

    private final byte[] text;
    private int at;

    private GoBase64(byte[] text) {
        this.text = text;
    }

    /// What `text` encodes.
    ///
    /// @throws IllegalArgumentException with Go's words when it is no base64
    public static byte[] decode(String text) {
        OptionalInt flaw = flaw(text);
        if (flaw.isPresent()) {
            throw new IllegalArgumentException("illegal base64 data at input byte " + flaw.getAsInt());
        }
        return Base64.getDecoder().decode(text.replace("\n", "").replace("\r", ""));
    }

    /// The place; empty if `text` can be decoded.
    static OptionalInt flaw(String text) {
        return new GoBase64(text.getBytes(StandardCharsets.UTF_8)).flaw();
    }

    private OptionalInt flaw() {
        int letters = 0;
        while (at < text.length) {
            byte next = text[at++];
            if (isLetter(next)) {
                letters = (letters + 1) % QUANTUM;
            } else if (next == '=') {
                return padding(letters);
            } else if (!isEndOfLine(next)) {
                return OptionalInt.of(at - 1);
            }
        }
        return letters == 0 ? OptionalInt.empty() : OptionalInt.of(at - letters);
    }

    /// After the first sign of padding, which follows `letters` of a quantum.
    private OptionalInt padding(int letters) {
        if (letters < 2) {
            return OptionalInt.of(at - 1);
        }
        skipEndsOfLines();
        if (letters == 2) {
            if (at == text.length) {
                return OptionalInt.of(text.length);
            }
            if (text[at] != '=') {
                return OptionalInt.of(at - 1);
            }
            at++;
            skipEndsOfLines();
        }
        return at == text.length ? OptionalInt.empty() : OptionalInt.of(at);
    }

    private void skipEndsOfLines() {
        while (at < text.length && isEndOfLine(text[at])) {
            at++;
        }
    }

    private static boolean isEndOfLine(byte character) {
        return character == '\n' || character == '\r';
    }

    private static boolean isLetter(byte character) {
        return character >= 'A' && character <= 'Z'
                || character >= 'a' && character <= 'z'
                || character >= '0' && character <= '9'
                || character == '+'
                || character == '/';
    }
}
