package dev.longshore.base;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads and prints durations as Go spells them: `300ms`, `1.5h`, `2m45s`.
public final class GoDurations {

    private static final Pattern PART = Pattern.compile("(\\d*)(\\.(\\d*))?([^\\d.]*)");
    private static final BigDecimal MOST = BigDecimal.valueOf(Long.MAX_VALUE);
    private static final Map<String, Long> NANOS = Map.of(
            "ns", 1L,
            "us", 1_000L,
            "µs", 1_000L,
            "μs", 1_000L,
            "ms", 1_000_000L,
            "s", 1_000_000_000L,
            "m", 60_000_000_000L,
            "h", 3_600_000_000_000L);

    private GoDurations() {}

    /// @throws IllegalArgumentException with Go's own message
    public static Duration parse(String text) {
        String rest = text.startsWith("-") || text.startsWith("+") ? text.substring(1) : text;
        if (rest.equals("0")) {
            return Duration.ZERO;
        }
        if (rest.isEmpty()) {
            throw invalid(text);
        }
        BigDecimal sum = BigDecimal.ZERO;
        Matcher part = PART.matcher(rest);
        while (!part.hitEnd() && part.lookingAt()) {
            sum = sum.add(nanos(text, part));
            part.region(part.end(), rest.length());
            if (part.regionStart() == rest.length()) {
                break;
            }
        }
        if (sum.compareTo(MOST) > 0) {
            throw invalid(text);
        }
        Duration span = Duration.ofNanos(sum.setScale(0, RoundingMode.DOWN).longValueExact());
        return text.startsWith("-") ? span.negated() : span;
    }

    /// As Go prints it: `1h0m0.5s`, `2m45s`, `12.5s`; in smaller units only what is shorter than a second.
    public static String print(Duration span) {
        if (span.isNegative()) {
            return "-" + print(span.negated());
        }
        if (span.isZero()) {
            return "0s";
        }
        if (span.compareTo(Duration.ofSeconds(1)) < 0) {
            long nanos = span.toNanos();
            String unit = nanos < NANOS.get("us") ? "ns" : nanos < NANOS.get("ms") ? "µs" : "ms";
            return plain(nanos, NANOS.get(unit)) + unit;
        }
        String seconds = plain(span.toNanosPart() + span.toSecondsPart() * NANOS.get("s"), NANOS.get("s")) + "s";
        if (span.toMinutes() == 0) {
            return seconds;
        }
        String minutes = span.toMinutesPart() + "m" + seconds;
        return span.toHours() == 0 ? minutes : span.toHours() + "h" + minutes;
    }

    private static String plain(long nanos, long unit) {
        return BigDecimal.valueOf(nanos)
                .divide(BigDecimal.valueOf(unit))
                .stripTrailingZeros()
                .toPlainString();
    }

    private static BigDecimal nanos(String text, Matcher part) {
        String whole = part.group(1);
        String fraction = part.group(3) == null ? "" : part.group(3);
        if (whole.isEmpty() && fraction.isEmpty()) {
            throw invalid(text);
        }
        String unit = part.group(4);
        if (unit.isEmpty()) {
            throw new IllegalArgumentException("time: missing unit in duration \"" + text + '"');
        }
        Long nanos = NANOS.get(unit);
        if (nanos == null) {
            throw new IllegalArgumentException("time: unknown unit \"" + unit + "\" in duration \"" + text + '"');
        }
        if (whole.length() + fraction.length() > 64) {
            throw invalid(text);
        }
        return new BigDecimal("0" + whole + "." + fraction + "0").multiply(BigDecimal.valueOf(nanos));
    }

    private static IllegalArgumentException invalid(String text) {
        return new IllegalArgumentException("time: invalid duration \"" + text + '"');
    }
}
