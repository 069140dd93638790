package dev.longshore.base;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What Go programs take a plain YAML scalar for: they read version 1.1 of the language, though without its numbers to
/// the base of 60 and without its times.
sealed interface GoScalar {

    /// Nothing.
    record Null() implements GoScalar {}

    /// Yes or no.
    record Flag(boolean value) implements GoScalar {}

    /// A whole number.
    record Whole(BigInteger value) implements GoScalar {}

    /// Any other number; infinite or none at all is what JSON has no word for.
    record Real(double value) implements GoScalar {}

    /// Itself.
    record Text(String value) implements GoScalar {}

    Set<String> NULL = Set.of("", "~", "null", "Null", "NULL");
    Set<String> YES = Set.of("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON");
    Set<String> NO = Set.of("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF");
    Map<String, Double> ODD = Map.ofEntries(
            Map.entry(".nan", Double.NaN),
            Map.entry(".NaN", Double.NaN),
            Map.entry(".NAN", Double.NaN),
            Map.entry(".inf", Double.POSITIVE_INFINITY),
            Map.entry(".Inf", Double.POSITIVE_INFINITY),
            Map.entry(".INF", Double.POSITIVE_INFINITY),
            Map.entry("+.inf", Double.POSITIVE_INFINITY),
            Map.entry("+.Inf", Double.POSITIVE_INFINITY),
            Map.entry("+.INF", Double.POSITIVE_INFINITY),
            Map.entry("-.inf", Double.NEGATIVE_INFINITY),
            Map.entry("-.Inf", Double.NEGATIVE_INFINITY),
            Map.entry("-.INF", Double.NEGATIVE_INFINITY));

    Pattern WHOLE = Pattern.compile(
            "(?<sign>[-+]?)(?:0[xX](?<hex>[0-9a-fA-F]+)|0[bB](?<binary>[01]+)|0[oO]?(?<octal>[0-7]+)|(?<decimal>0|[1-9][0-9]*))");
    Pattern REAL = Pattern.compile("[-+]?(?:\\.[0-9]+|[0-9]+(?:\\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?");
    BigInteger LEAST = BigInteger.valueOf(Long.MIN_VALUE);
    BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE);
    BigInteger MOST_UNSIGNED = BigInteger.TWO.pow(64).subtract(BigInteger.ONE);

    /// Go writes larger ones with an exponent.
    double WHOLE_BELOW = 1e21;

    /// Longer than any number that means something, and quick to refuse.
    int LONGEST = 400;

    /// What `text` is, when it stands there without quotes.
    static GoScalar of(String text) {
        if (NULL.contains(text)) {
            return new Null();
        }
        if (YES.contains(text) || NO.contains(text)) {
            return new Flag(YES.contains(text));
        }
        if (ODD.containsKey(text)) {
            return new Real(ODD.get(text));
        }
        char first = text.charAt(0);
        boolean mayBeNumber = first >= '0' && first <= '9' || first == '+' || first == '-' || first == '.';
        return mayBeNumber && text.length() <= LONGEST ? number(text, first) : new Text(text);
    }

    private static GoScalar number(String text, char first) {
        String plain = first == '.' ? text : text.replace("_", "");
        Matcher whole = WHOLE.matcher(plain);
        if (whole.matches()) {
            BigInteger value = value(whole);
            boolean isSigned = !whole.group("sign").isEmpty();
            if (value.compareTo(LEAST) >= 0 && value.compareTo(isSigned ? MOST : MOST_UNSIGNED) <= 0) {
                return new Whole(value);
            }
        }
        if (!REAL.matcher(plain).matches()) {
            return new Text(text);
        }
        double value = Double.parseDouble(plain);
        if (Double.isInfinite(value)) {
            return new Text(text);
        }
        // Between YAML and objects stands JSON, where a whole number has no fraction.
        return value == Math.rint(value) && Math.abs(value) < WHOLE_BELOW
                ? new Whole(new BigDecimal(Double.toString(value)).toBigInteger())
                : new Real(value);
    }

    private static BigInteger value(Matcher whole) {
        int base = whole.group("hex") != null
                ? 16
                : whole.group("binary") != null ? 2 : whole.group("octal") != null ? 8 : 10;
        String digits =
                switch (base) {
                    case 16 -> whole.group("hex");
                    case 2 -> whole.group("binary");
                    case 8 -> whole.group("octal");
                    default -> whole.group("decimal");
                };
        return new BigInteger(whole.group("sign").equals("-") ? "-" + digits : digits, base);
    }
}
