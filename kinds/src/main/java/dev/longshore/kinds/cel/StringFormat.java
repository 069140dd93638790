package dev.longshore.kinds.cel;

import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// `"%s has %d".format([name, count])`, as the language's library of strings has it.
final class StringFormat {

    private static final int USUAL_PRECISION = 6;
    private static final int MOST_PRECISION = 1000;

    private StringFormat() {}

    static CelFunction function() {
        return CelFunction.member(
                "format",
                SimpleType.STRING,
                List.of(SimpleType.STRING, ListType.create(SimpleType.DYN)),
                given -> format((String) given.getFirst(), (List<?>) given.get(1)));
    }

    private static String format(String pattern, List<?> values) {
        var text = new StringBuilder();
        int used = 0;
        for (int at = 0; at < pattern.length(); at++) {
            char letter = pattern.charAt(at);
            if (letter != '%') {
                text.append(letter);
                continue;
            }
            if (++at == pattern.length()) {
                throw new IllegalArgumentException("unexpected end of string");
            }
            if (pattern.charAt(at) == '%') {
                text.append('%');
                continue;
            }
            int precision = USUAL_PRECISION;
            if (pattern.charAt(at) == '.') {
                int end = at + 1;
                while (end < pattern.length() && Character.isDigit(pattern.charAt(end)) && end - at < 5) {
                    end++;
                }
                precision = end == at + 1 ? 0 : Integer.parseInt(pattern.substring(at + 1, end));
                at = end;
            }
            if (at == pattern.length() || precision > MOST_PRECISION) {
                throw new IllegalArgumentException("could not parse formatting clause");
            }
            if (used == values.size()) {
                throw new IllegalArgumentException("index " + used + " out of range");
            }
            text.append(clause(pattern.charAt(at), precision, values.get(used++)));
        }
        return text.toString();
    }

    private static String clause(char kind, int precision, Object value) {
        return switch (kind) {
            case 's' -> shown(value);
            case 'd' -> whole(value, kind).toString();
            case 'f' ->
                decimal(value).setScale(precision, RoundingMode.HALF_EVEN).toPlainString();
            case 'e' -> String.format(Locale.ROOT, "%." + precision + "e", decimal(value));
            case 'b' -> value instanceof Boolean flag ? (flag ? "1" : "0") : Long.toBinaryString(whole(value, kind));
            case 'o' -> Long.toOctalString(whole(value, kind));
            case 'x' -> hex(value, kind);
            case 'X' -> hex(value, kind).toUpperCase(Locale.ROOT);
            default ->
                throw new IllegalArgumentException(
                        "could not parse formatting clause: unrecognized formatting clause \"" + kind + "\"");
        };
    }

    private static Long whole(Object value, char kind) {
        if (value instanceof Number number && !(value instanceof Double)) {
            return number.longValue();
        }
        throw new IllegalArgumentException("error during formatting: %" + kind + " clause cannot be used on this type");
    }

    private static BigDecimal decimal(Object value) {
        return switch (value) {
            case Double number when !number.isNaN() && !number.isInfinite() -> new BigDecimal(number);
            case Long number -> BigDecimal.valueOf(number);
            default ->
                throw new IllegalArgumentException(
                        "error during formatting: a number was expected, not " + CelValues.shown(value));
        };
    }

    private static String hex(Object value, char kind) {
        return value instanceof String text
                ? HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8))
                : Long.toHexString(whole(value, kind));
    }

    private static String shown(Object value) {
        return switch (value) {
            case String text -> text;
            case List<?> list -> list.stream().map(StringFormat::shown).collect(Collectors.joining(", ", "[", "]"));
            case Map<?, ?> map ->
                map.entrySet().stream()
                        .map(entry -> shown(entry.getKey()) + ": " + shown(entry.getValue()))
                        .sorted()
                        .collect(Collectors.joining(", ", "{", "}"));
            case Double number ->
                number == Math.rint(number) && Math.abs(number) < 1e15
                        ? Long.toString(number.longValue())
                        : number.toString();
            case java.time.Duration span ->
                BigDecimal.valueOf(span.toNanos(), 9).stripTrailingZeros().toPlainString() + "s";
            default -> CelValues.shown(value);
        };
    }
}
