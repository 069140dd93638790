package dev.longshore.builder.commands;

import dev.longshore.builder.dockerfile.GoText;
import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.flags.OtherFlags;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/// Reads a HEALTHCHECK.
final class Healthchecks {

    private static final Duration SHORTEST = Duration.ofMillis(1);

    private Healthchecks() {}

    static Command.Healthcheck read(Line line) {
        String[] parts = line.rest().split("\\s+", 2);
        if (parts[0].isEmpty()) {
            throw Commands.atLeastOne(line);
        }
        String type = parts[0].toUpperCase(Locale.ROOT);
        String rest = parts.length == 2 ? parts[1] : "";
        if (type.equals("NONE")) {
            if (!rest.isEmpty()) {
                throw line.wrong("HEALTHCHECK NONE takes no arguments");
            }
            return new Command.Healthcheck(line, Optional.empty(), Command.Rhythm.DEFAULT);
        }
        OtherFlags.healthcheck(line);
        if (!type.equals("CMD")) {
            throw line.wrong("Unknown type " + GoText.quoted(type) + " in HEALTHCHECK (try CMD)");
        }
        Command.Invocation test = Commands.shellOrExec(line.withRest(rest));
        if (test.arguments().isEmpty()) {
            throw line.wrong("Missing command after HEALTHCHECK CMD");
        }
        return new Command.Healthcheck(line, Optional.of(test), rhythm(line));
    }

    private static Command.Rhythm rhythm(Line line) {
        return new Command.Rhythm(
                duration(line, "interval"),
                duration(line, "timeout"),
                duration(line, "start-period"),
                duration(line, "start-interval"),
                retries(line));
    }

    private static Duration duration(Line line, String flag) {
        String text = line.flag(flag).orElse("");
        if (text.isEmpty()) {
            return Duration.ZERO;
        }
        Duration duration = GoDuration.parse(text).orElseThrow(() -> line.wrong("time: " + GoDuration.complaint(text)));
        if (!duration.isZero() && duration.compareTo(SHORTEST) < 0) {
            throw line.wrong("Interval " + GoText.quoted(flag) + " cannot be less than 1ms");
        }
        return duration;
    }

    private static int retries(Line line) {
        String text = line.flag("retries").orElse("");
        if (text.isEmpty()) {
            return 0;
        }
        if (!text.matches("[+-]?[0-9]+")) {
            throw line.wrong("strconv.ParseInt: parsing " + GoText.quoted(text) + ": invalid syntax");
        }
        try {
            int retries = Integer.parseInt(text);
            if (retries < 0) {
                throw line.wrong("--retries cannot be negative (" + retries + ")");
            }
            return retries;
        } catch (NumberFormatException tooLarge) {
            throw line.wrong("strconv.ParseInt: parsing " + GoText.quoted(text) + ": value out of range");
        }
    }
}
