package dev.longshore.builder.instructions;

import dev.longshore.base.Json;
import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.stage.Build;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/// `HEALTHCHECK [--interval=30s …] CMD command` or `HEALTHCHECK NONE`. Kept for Docker; pods have their own
/// probes.
final class Healthcheck implements Instruction {

    private static final Map<String, String> DURATIONS = Map.of(
            "interval", "Interval",
            "timeout", "Timeout",
            "start-period", "StartPeriod",
            "start-interval", "StartInterval");
    private static final Pattern PART = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(h|ms|m|s|us|ns)");
    private static final Map<String, Long> NANOS = Map.of(
            "ns",
            1L,
            "us",
            1_000L,
            "ms",
            1_000_000L,
            "s",
            1_000_000_000L,
            "m",
            60_000_000_000L,
            "h",
            3_600_000_000_000L);

    @Override
    public String keyword() {
        return "HEALTHCHECK";
    }

    @Override
    public void apply(Line line, Build build) {
        Texts.allow(line, Set.of("interval", "timeout", "start-period", "start-interval", "retries"));
        List<String> words = line.words();
        ObjectNode check = Json.object();
        var test = check.putArray("Test");
        if (words.size() == 1 && words.getFirst().equalsIgnoreCase("NONE")) {
            test.add("NONE");
        } else if (words.size() > 1 && words.getFirst().equalsIgnoreCase("CMD")) {
            Line command = line.withRest(line.rest().substring("CMD".length()).strip());
            command.json()
                    .ifPresentOrElse(
                            list -> {
                                test.add("CMD");
                                list.forEach(test::add);
                            },
                            () -> test.add("CMD-SHELL").add(command.rest()));
        } else {
            throw line.wrong("HEALTHCHECK requires CMD and a command, or NONE");
        }
        DURATIONS.forEach((flag, field) -> {
            line.flag(flag).ifPresent(text -> check.put(field, nanos(line, text)));
        });
        line.flag("retries").ifPresent(text -> check.put("Retries", retries(line, text)));
        build.stage()
                .configure(
                        Texts.noted("HEALTHCHECK", line.rest()),
                        build.stage().run().checkedBy(check));
    }

    private static long nanos(Line line, String text) {
        Matcher part = PART.matcher(text);
        double nanos = 0;
        int end = 0;
        while (part.find() && part.start() == end) {
            nanos += Double.parseDouble(part.group(1)) * NANOS.get(part.group(2));
            end = part.end();
        }
        if (end == 0 || end != text.length()) {
            throw line.wrong("time: invalid duration \"" + text + "\"");
        }
        return (long) nanos;
    }

    private static int retries(Line line, String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException none) {
            throw line.wrong("--retries is no number: " + text);
        }
    }
}
