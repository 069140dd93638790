package dev.longshore.builder.commands;

import dev.longshore.builder.dockerfile.GoText;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Durations as Go writes them: `1h30m`, `1.5s`, `-3ms`, `0`.
public final class GoDuration {

    private static final Pattern PART = Pattern.compile("([0-9]+\\.?[0-9]*|\\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)");
    private static final int LONGEST = 100;
    private static final Map<String, Long> NANOS = Map.of(
            "ns",
            1L,
            "us",
            1_000L,
            "µs",
            1_000L,
            "μs",
            1_000L,
            "ms",
            1_000_000L,
            "s",
            1_000_000_000L,
            "m",
            60_000_000_000L,
            "h",
            3_600_000_000_000L);

    private GoDuration() {}

    static Optional<Duration> parse(String text) {
        boolean isNegative = text.startsWith("-");
        String bare = isNegative || text.startsWith("+") ? text.substring(1) : text;
        if (bare.equals("0")) {
            return Optional.of(Duration.ZERO);
        }
        if (bare.isEmpty() || bare.length() > LONGEST) {
            return Optional.empty();
        }
        BigDecimal nanos = BigDecimal.ZERO;
        Matcher part = PART.matcher(bare);
        int end = 0;
        while (end < bare.length()) {
            if (!part.find(end) || part.start() != end) {
                return Optional.empty();
            }
            nanos = nanos.add(new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(NANOS.get(part.group(2)))));
            end = part.end();
        }
        if (nanos.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            return Optional.empty();
        }
        long whole = nanos.setScale(0, RoundingMode.DOWN).longValueExact();
        return Optional.of(Duration.ofNanos(isNegative ? -whole : whole));
    }

    /// As Go prints it: `1h0m0s`, `1m30s`, `1.5s`, `250ms`, `0s`. Not negative.
    public static String text(Duration duration) {
        long nanos = duration.toNanos();
        if (nanos == 0) {
            return "0s";
        }
        if (nanos < NANOS.get("s")) {
            String unit = nanos < NANOS.get("us") ? "ns" : nanos < NANOS.get("ms") ? "µs" : "ms";
            return plain(nanos, unit.equals("µs") ? 1_000L : NANOS.get(unit)) + unit;
        }
        long hours = nanos / NANOS.get("h");
        long minutes = nanos % NANOS.get("h") / NANOS.get("m");
        String seconds = plain(nanos % NANOS.get("m"), NANOS.get("s")) + "s";
        return (hours > 0 ? hours + "h" : "") + (hours > 0 || minutes > 0 ? minutes + "m" : "") + seconds;
    }

    private static String plain(long nanos, long unit) {
        BigDecimal number =
                BigDecimal.valueOf(nanos).divide(BigDecimal.valueOf(unit)).stripTrailingZeros();
        return number.toPlainString();
    }

    /// Why `text` is none.
    static String complaint(String text) {
        boolean lacksUnit = text.matches("[+-]?[0-9]+\\.?[0-9]*|[+-]?\\.[0-9]+");
        boolean isUnknown = !lacksUnit && text.matches("[+-]?[0-9.]+[^0-9.]+.*");
        if (lacksUnit) {
            return "missing unit in duration " + GoText.quoted(text);
        }
        if (isUnknown) {
            String unit = text.replaceFirst("^[+-]?[0-9.]+", "").replaceFirst("[0-9.].*$", "");
            return NANOS.containsKey(unit)
                    ? "invalid duration " + GoText.quoted(text)
                    : "unknown unit " + GoText.quoted(unit) + " in duration " + GoText.quoted(text);
        }
        return "invalid duration " + GoText.quoted(text);
    }
}
