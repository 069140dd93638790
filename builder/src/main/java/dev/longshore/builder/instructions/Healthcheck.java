package dev.longshore.builder.instructions;

import dev.longshore.base.Json;
import dev.longshore.builder.commands.Command;
import dev.longshore.builder.commands.Commands;
import dev.longshore.builder.commands.GoDuration;
import dev.longshore.builder.dockerfile.GoText;
import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.stage.Build;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/// `HEALTHCHECK [--interval=30s …] CMD command` or `HEALTHCHECK NONE`. Kept for Docker; pods have their own
/// probes.
final class Healthcheck implements Instruction {

    @Override
    public String keyword() {
        return "HEALTHCHECK";
    }

    @Override
    public void apply(Line line, Build build) throws IOException, InterruptedException {
        Command.Healthcheck check = Commands.healthcheck(line);
        List<String> test = test(check);
        Command.Rhythm rhythm = check.rhythm();
        ObjectNode tree = Json.object();
        var array = tree.putArray("Test");
        test.forEach(array::add);
        put(tree, "Interval", rhythm.interval());
        put(tree, "Timeout", rhythm.timeout());
        put(tree, "StartPeriod", rhythm.startPeriod());
        put(tree, "StartInterval", rhythm.startInterval());
        if (rhythm.retries() > 0) {
            tree.put("Retries", rhythm.retries());
        }
        build.stage()
                .configure(
                        Texts.noted("HEALTHCHECK", noted(test, rhythm)),
                        build.stage().run().checkedBy(tree));
    }

    private static List<String> test(Command.Healthcheck check) {
        if (check.test().isEmpty()) {
            return List.of("NONE");
        }
        Command.Invocation invocation = check.test().get();
        var test = new ArrayList<String>();
        test.add(invocation.isShellForm() ? "CMD-SHELL" : "CMD");
        test.addAll(invocation.arguments());
        return test;
    }

    private static void put(ObjectNode tree, String field, Duration value) {
        if (!value.isZero()) {
            tree.put(field, value.toNanos());
        }
    }

    /// As Go prints the structure, which is what Docker's history shows.
    private static String noted(List<String> test, Command.Rhythm rhythm) {
        String durations = String.join(
                " ",
                Stream.of(rhythm.interval(), rhythm.timeout(), rhythm.startPeriod(), rhythm.startInterval())
                        .map(GoDuration::text)
                        .map(GoText::quoted)
                        .toList());
        return "&{" + Texts.list(test) + " " + durations + " " + GoText.quotedRune(rhythm.retries()) + "}";
    }
}
