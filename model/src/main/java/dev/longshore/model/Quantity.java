package dev.longshore.model;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// An amount of a resource: `100m`, `1.5`, `2Gi`, `1e3`. Exact; nothing finer than a billionth, rounded up. Two
/// quantities are equal when they are the same amount, however they are spelled.
public final class Quantity implements Comparable<Quantity> {

    /// Nothing.
    private static final int MILLI_SCALE = 3;

    public static final Quantity ZERO = new Quantity(BigDecimal.ZERO, Form.DECIMAL);

    private static final Pattern SYNTAX =
            Pattern.compile("([+-]?)(\\d+\\.?\\d*|\\.\\d+)(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E|[eE][+-]?\\d{1,4})?");
    /// What has the form of a number with a suffix, whichever these are.
    private static final Pattern LOOSE_SYNTAX = Pattern.compile("[+-]?\\d*+\\.?\\d*+([eEinumkKMGTP]*+[-+]?\\d*+)");
    private static final String DECIMAL_SUFFIXES = "num kMGTPE";
    private static final String BINARY_SUFFIXES = "KMGTPE";
    private static final int FINEST = 9;
    private static final BigDecimal KILO_BINARY = BigDecimal.valueOf(1024);

    private final BigDecimal value;
    private final Form form;

    private Quantity(BigDecimal value, Form form) {
        BigDecimal rounded = value.scale() > FINEST
                ? value.setScale(FINEST, value.signum() < 0 ? RoundingMode.FLOOR : RoundingMode.CEILING)
                : value;
        this.value = rounded.stripTrailingZeros();
        this.form = form;
    }

    private enum Form {
        DECIMAL,
        BINARY,
        EXPONENT
    }

    /// The quantity that `text` spells.
    ///
    /// @throws IllegalArgumentException when it spells none
    public static Quantity parse(String text) {
        return find(text).orElseThrow(() -> new IllegalArgumentException(flaw(text)));
    }

    /// What is wrong with `text`, which spells no quantity, as Kubernetes says it.
    private static String flaw(String text) {
        Matcher loose = LOOSE_SYNTAX.matcher(text);
        if (text.isEmpty() || !loose.matches()) {
            return "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
        }
        return find("1" + loose.group(1)).isPresent()
                ? "unable to parse numeric part of quantity"
                : "unable to parse quantity's suffix";
    }

    /// The quantity that `text` spells, if it spells one.
    public static Optional<Quantity> find(String text) {
        Matcher matcher = SYNTAX.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        BigDecimal number = new BigDecimal(matcher.group(1) + matcher.group(2));
        String suffix = matcher.group(3) == null ? "" : matcher.group(3);
        if (suffix.isEmpty()) {
            return Optional.of(new Quantity(number, Form.DECIMAL));
        }
        if (suffix.endsWith("i")) {
            int power = BINARY_SUFFIXES.indexOf(suffix.charAt(0)) + 1;
            return Optional.of(new Quantity(number.multiply(KILO_BINARY.pow(power)), Form.BINARY));
        }
        if (suffix.length() > 1) {
            int exponent = Integer.parseInt(suffix.substring(1));
            return Math.abs(exponent) > 100
                    ? Optional.empty()
                    : Optional.of(new Quantity(number.scaleByPowerOfTen(exponent), Form.EXPONENT));
        }
        int exponent = (DECIMAL_SUFFIXES.indexOf(suffix.charAt(0)) - 3) * 3;
        return Optional.of(new Quantity(number.scaleByPowerOfTen(exponent), Form.DECIMAL));
    }

    /// `value` whole units.
    public static Quantity of(long value) {
        return new Quantity(BigDecimal.valueOf(value), Form.DECIMAL);
    }

    /// `value` thousandths.
    public static Quantity ofMilli(long value) {
        return new Quantity(BigDecimal.valueOf(value, 3), Form.DECIMAL);
    }

    /// `value` bytes, spelled with binary suffixes.
    public static Quantity ofBytes(long value) {
        return new Quantity(BigDecimal.valueOf(value), Form.BINARY);
    }

    /// The sum, spelled as this one (or as the other, when this is zero).
    public Quantity plus(Quantity other) {
        return new Quantity(value.add(other.value), value.signum() == 0 ? other.form : form);
    }

    /// The difference, spelled as this one.
    public Quantity minus(Quantity other) {
        return new Quantity(value.subtract(other.value), value.signum() == 0 ? other.form : form);
    }

    /// The larger of both.
    public Quantity max(Quantity other) {
        return compareTo(other) >= 0 ? this : other;
    }

    /// The amount itself.
    public BigDecimal decimal() {
        return value;
    }

    /// Whole units, rounded up, bounded by what a long can hold.
    public long units() {
        return bounded(value);
    }

    /// Thousandths, rounded up, bounded by what a long can hold.
    public long milli() {
        return bounded(value.scaleByPowerOfTen(3));
    }

    /// In thousandths: what is finer counts as one more of them, away from zero.
    public Quantity inMillis() {
        return value.scale() <= MILLI_SCALE ? this : new Quantity(value.setScale(MILLI_SCALE, RoundingMode.UP), form);
    }

    /// -1, 0 or 1.
    public int signum() {
        return value.signum();
    }

    /// True if it is a whole number of units.
    public boolean isWhole() {
        return value.scale() <= 0;
    }

    private static long bounded(BigDecimal amount) {
        BigInteger whole = amount.setScale(0, RoundingMode.CEILING).toBigInteger();
        if (whole.bitLength() < Long.SIZE) {
            return whole.longValue();
        }
        return whole.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }

    @Override
    public int compareTo(Quantity other) {
        return value.compareTo(other.value);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Quantity quantity && value.compareTo(quantity.value) == 0;
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    /// The canonical spelling: no fraction, the largest suffix that keeps it so.
    @Override
    public String toString() {
        if (value.signum() == 0) {
            return "0";
        }
        if (form == Form.BINARY && isWhole() && value.abs().compareTo(KILO_BINARY) >= 0) {
            return binary();
        }
        int exponent = Math.floorDiv(-value.scale(), 3) * 3;
        String digits = value.scaleByPowerOfTen(-exponent).toBigIntegerExact().toString();
        if (exponent == 0) {
            return digits;
        }
        if (form == Form.EXPONENT) {
            return digits + "e" + exponent;
        }
        int largest = Math.min(exponent, 18);
        return value.scaleByPowerOfTen(-largest).toBigIntegerExact() + suffix(largest);
    }

    private static String suffix(int exponent) {
        return exponent == 0 ? "" : DECIMAL_SUFFIXES.substring(exponent / 3 + 3, exponent / 3 + 4);
    }

    private String binary() {
        BigInteger digits = value.toBigIntegerExact();
        int power = 0;
        while (power < BINARY_SUFFIXES.length() && digits.getLowestSetBit() >= 10) {
            digits = digits.shiftRight(10);
            power++;
        }
        return power == 0 ? digits.toString() : digits + BINARY_SUFFIXES.substring(power - 1, power) + "i";
    }
}
