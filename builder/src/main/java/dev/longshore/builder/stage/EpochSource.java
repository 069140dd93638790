package dev.longshore.builder.stage;

import dev.longshore.builder.commands.Command;
import dev.longshore.builder.commands.Commands;
import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.dockerfile.Words;
import dev.longshore.builder.graph.Plan;
import dev.longshore.builder.graph.PlannedStage;
import dev.longshore.builder.remote.Addresses;
import dev.longshore.images.Platform;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Finds out what SOURCE_DATE_EPOCH means: a number of seconds, or, as BuildKit has it, the time of something that was
/// fetched: of the build's context (`context`), of a context with that name, or of the one thing that a stage with
/// that name adds. A commit has its committer's time, a file from the web the server's, or, if that says nothing, that
/// of the youngest file in it. Of what nothing is known there is none.
record EpochSource(
        Plan plan, Platform platform, Map<String, String> given, OpenContexts contexts, Optional<Instant> contextMade) {

    /// What `text` means.
    ///
    /// @throws IllegalArgumentException when it means nothing
    Optional<Instant> resolve(String text) throws IOException, InterruptedException {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Optional<Instant> seconds = Epoch.seconds(text);
        if (seconds.isPresent()) {
            return seconds;
        }
        if (text.equals("context")) {
            return contextMade;
        }
        Optional<String> named = plan.contexts().find(text, platform);
        if (named.isPresent()) {
            return contexts.get(named.get(), platform) instanceof OpenContexts.Opened.OfFiles files
                    ? files.made()
                    : Optional.empty();
        }
        Optional<PlannedStage> stage = plan.stages().stream()
                .filter(one ->
                        one.name().filter(text.toLowerCase(Locale.ROOT)::equals).isPresent())
                .findFirst();
        return contexts.made(added(stage.orElseThrow(() -> new IllegalArgumentException("invalid " + Epoch.NAME + ": "
                + text + " is no number of seconds, nor the name of a context or stage"))));
    }

    /// The address that `stage` adds, which does nothing else.
    private String added(PlannedStage stage) {
        Line from = stage.lines().getFirst();
        if (!Commands.from(from).base().equals("scratch")) {
            throw from.wrong(Epoch.NAME + " stage must use FROM scratch");
        }
        var variables = new TreeMap<>(plan.arguments().values());
        variables.remove(Epoch.NAME);
        var found = new ArrayList<String>();
        for (Line line : stage.lines().subList(1, stage.lines().size())) {
            switch (Commands.read(line)) {
                case Command.Arg arg -> declare(arg, variables);
                case Command.Add add when found.isEmpty() -> found.add(address(line, add, variables));
                default ->
                    throw line.wrong(Epoch.NAME + " stage must contain exactly one remote ADD, and ARGs: unsupported "
                            + line.keyword() + " instruction");
            }
        }
        if (found.isEmpty()) {
            throw from.wrong(Epoch.NAME + " stage must contain exactly one remote ADD");
        }
        return found.getFirst();
    }

    private void declare(Command.Arg arg, Map<String, String> variables) {
        for (Command.Declaration declared : arg.declarations()) {
            String name = declared.name();
            if (given.containsKey(name)) {
                variables.put(name, given.get(name));
            } else {
                declared.value().ifPresent(word -> variables.put(name, expanded(arg.line(), word, variables)));
            }
        }
    }

    private static String address(Line line, Command.Add add, Map<String, String> variables) {
        if (add.places().sources().size() != 1 || !add.places().documents().isEmpty()) {
            throw line.wrong(Epoch.NAME + " stage must contain exactly one remote ADD source");
        }
        String address = expanded(line, add.places().sources().getFirst(), variables);
        if (!Addresses.isRemote(address)) {
            throw line.wrong(Epoch.NAME + " stage source must be a single HTTP(S) or Git ADD");
        }
        return address;
    }

    private static String expanded(Line line, String word, Map<String, String> variables) {
        try {
            return Words.expand(word, line.escape(), variables);
        } catch (IllegalArgumentException wrong) {
            throw line.wrong(wrong.getMessage());
        }
    }
}
