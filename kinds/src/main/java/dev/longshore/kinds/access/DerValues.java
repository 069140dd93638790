package dev.longshore.kinds.access;

import dev.longshore.model.Cause;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/// What the values of DER's universal types must be like, with the complaints of Go's `encoding/asn1`.
final class DerValues {

    private static final int LONGEST_INTEGER = 8;
    private static final int FIRST_BEYOND_ASCII = 0x80;
    private static final String PRINTABLE = " '()+,-./:=?*&";

    private DerValues() {}

    /// Checks a value of any type, as a name in a certificate has it.
    static void check(DerReader.Value value) throws MalformedDer {
        byte[] inside = value.inside();
        if (value.header().compound() || value.header().kind() != 0) {
            return;
        }
        switch (value.header().tag()) {
            case 1 -> flag(inside);
            case 2 -> integer(inside);
            case 3 -> bits(inside);
            case 6 -> objectId(inside);
            case 12 -> utf8(inside);
            case 18 -> letters(inside, "NumericString", letter -> letter == ' ' || isDigit(letter));
            case 19 -> letters(inside, "PrintableString", DerValues::isPrintable);
            case 22 -> letters(inside, "IA5String", letter -> letter < FIRST_BEYOND_ASCII);
            case 23 -> time(inside, 2, "060102150405Z0700");
            case 24 -> time(inside, 4, "20060102150405.999999999Z0700");
            case 30 -> twoByteLetters(inside);
            default -> {}
        }
    }

    static void flag(byte[] inside) throws MalformedDer {
        if (inside.length != 1 || inside[0] != 0 && inside[0] != -1) {
            throw MalformedDer.syntax("invalid boolean");
        }
    }

    /// An integer that a Go `int64` can hold.
    static void integer(byte[] inside) throws MalformedDer {
        if (inside.length == 0) {
            throw MalformedDer.structure("empty integer");
        }
        if (!isMinimal(inside)) {
            throw MalformedDer.structure("integer not minimally-encoded");
        }
        if (inside.length > LONGEST_INTEGER) {
            throw MalformedDer.structure("integer too large");
        }
    }

    /// Whether the integer is written with no more bytes than it needs.
    static boolean isMinimal(byte[] inside) {
        return inside.length == 1
                || inside.length > 1 && !(inside[0] == 0 && inside[1] >= 0) && !(inside[0] == -1 && inside[1] < 0);
    }

    static void bits(byte[] inside) throws MalformedDer {
        if (inside.length == 0) {
            throw MalformedDer.syntax("zero length BIT STRING");
        }
        int padding = inside[0] & 0xff;
        if (padding > 7
                || inside.length == 1 && padding > 0
                || (inside[inside.length - 1] & ((1 << padding) - 1)) != 0) {
            throw MalformedDer.syntax("invalid padding bits in BIT STRING");
        }
    }

    /// The object identifier in dotted numbers.
    static String objectId(byte[] inside) throws MalformedDer {
        if (inside.length == 0) {
            throw MalformedDer.syntax("zero length OBJECT IDENTIFIER");
        }
        var reader = new DerReader(inside);
        long both = reader.base128();
        LongStream.Builder numbers = LongStream.builder();
        long first = Math.min(both / 40, 2);
        numbers.add(first).add(both - first * 40);
        while (!reader.isAtEnd()) {
            numbers.add(reader.base128());
        }
        return numbers.build().mapToObj(Long::toString).collect(Collectors.joining("."));
    }

    private interface Letters {
        boolean has(int letter);
    }

    private static void letters(byte[] inside, String type, Letters allowed) throws MalformedDer {
        for (byte one : inside) {
            if (!allowed.has(one & 0xff)) {
                throw MalformedDer.syntax(type + " contains invalid character");
            }
        }
    }

    private static boolean isDigit(int letter) {
        return letter >= '0' && letter <= '9';
    }

    private static boolean isPrintable(int letter) {
        return letter < FIRST_BEYOND_ASCII && Character.isLetterOrDigit(letter) || PRINTABLE.indexOf(letter) >= 0;
    }

    private static void utf8(byte[] inside) throws MalformedDer {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(inside));
        } catch (CharacterCodingException notUtf8) {
            throw MalformedDer.of("asn1: invalid UTF-8 string");
        }
    }

    /// A time, which begins with its year; Go shows the form it wants by an example.
    private static void time(byte[] inside, int digits, String form) throws MalformedDer {
        String text = new String(inside, StandardCharsets.ISO_8859_1);
        boolean hasYear = text.length() >= digits && text.chars().limit(digits).allMatch(DerValues::isDigit);
        if (!hasYear) {
            String shown = Cause.quote(text);
            throw MalformedDer.of("parsing time %s as \"%s\": cannot parse %s as \"%s\""
                    .formatted(shown, form, shown, form.substring(0, digits)));
        }
    }

    private static void twoByteLetters(byte[] inside) throws MalformedDer {
        boolean isOdd = inside.length % 2 != 0;
        if (isOdd
                || IntStream.range(0, inside.length / 2)
                        .map(i -> (inside[2 * i] & 0xff) << 8 | inside[2 * i + 1] & 0xff)
                        .anyMatch(DerValues::isNoLetter)) {
            throw MalformedDer.of("invalid BMPString");
        }
    }

    private static boolean isNoLetter(int point) {
        return point >= 0xfffe || point >= 0xfdd0 && point <= 0xfdef || point >= 0xd800 && point <= 0xdfff;
    }
}
