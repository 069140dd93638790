package dev.longshore.builder.checks;

import dev.longshore.builder.commands.Command;
import dev.longshore.builder.commands.Commands;
import dev.longshore.builder.commands.Recipe;
import dev.longshore.builder.dockerfile.Dockerfile;
import dev.longshore.builder.dockerfile.DockerfileException;
import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.dockerfile.Words;
import dev.longshore.builder.graph.GlobalArguments;
import dev.longshore.builder.graph.PlatformText;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.Platform;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Goes through a Dockerfile as a build would, without doing anything, and shows each check what it may look at.
/// For one file.
final class Walk {

    /// Each stage may know all that those before it know: what people write has far fewer.
    private static final int MOST_STAGES = 1_000;

    private final List<Check> checks;
    private final Surroundings surroundings;
    private final Findings findings;

    Walk(List<Check> checks, Surroundings surroundings, Findings findings) {
        this.checks = checks;
        this.surroundings = surroundings;
        this.findings = findings;
    }

    /// @throws DockerfileException when something is wrong with the file; the findings up to there are kept
    void through(Dockerfile file) {
        for (Line line : file.lines()) {
            checks.forEach(check -> check.line(line, findings));
            Commands.read(line);
        }
        Recipe recipe = Recipe.of(file);
        checks.forEach(check -> check.file(recipe, surroundings, findings));
        List<Line> head = recipe.globals().stream().map(Command.Arg::line).toList();
        GlobalArguments globals =
                GlobalArguments.of(head, surroundings.automatic(recipe.lastName()), surroundings.arguments());
        var begins = new ArrayList<StageBegin>();
        var known = new TreeSet<>(globals.values().keySet());
        known.addAll(globals.declared());
        if (recipe.stages().size() > MOST_STAGES) {
            return;
        }
        recipe.stages().forEach(stage -> begins.add(begin(stage, globals.values(), known)));
        stages(recipe, begins, globals.values());
    }

    private StageBegin begin(Recipe.Stage stage, Map<String, String> arguments, Set<String> known) {
        Command.From from = stage.from();
        Line line = from.line();
        Words.Expansion base = trace(line, from.base(), arguments);
        Optional<Words.Expansion> platform = from.platform().map(text -> trace(line, text, arguments));
        var begin = new StageBegin(stage, from, base, platform, arguments, known, facts(base, platform));
        checks.forEach(check -> check.from(begin, surroundings.platforms(), findings));
        if (base.text().isEmpty()) {
            throw line.wrong("base name (" + from.base() + ") should not be blank");
        }
        return begin;
    }

    private Optional<BaseFacts.Facts> facts(Words.Expansion base, Optional<Words.Expansion> platform) {
        if (base.text().isEmpty() || base.text().equals("scratch")) {
            return Optional.empty();
        }
        Platform wanted = surroundings.platforms().target();
        try {
            return surroundings
                    .bases()
                    .find(
                            base.text(),
                            platform.map(Words.Expansion::text)
                                    .map(PlatformText::parse)
                                    .orElse(wanted));
        } catch (ImageFaultException noName) {
            return Optional.empty();
        }
    }

    private static Words.Expansion trace(Line line, String word, Map<String, String> arguments) {
        try {
            return Words.trace(word, line.escape(), arguments);
        } catch (IllegalArgumentException wrong) {
            throw line.wrong(wrong.getMessage());
        }
    }

    private void stages(Recipe recipe, List<StageBegin> begins, Map<String, String> globals) {
        Map<String, StageScope> scopes = new HashMap<>();
        Map<String, List<Command>> triggers = new HashMap<>();
        for (Recipe.Stage stage : recipe.stages()) {
            if (!surroundings.concerned().test(stage.index())) {
                continue;
            }
            StageBegin begin = begins.get(stage.index());
            String base = begin.base().text().toLowerCase(java.util.Locale.ROOT);
            StageScope scope = scopes.containsKey(base)
                    ? scopes.get(base).continued()
                    : base.equals("scratch") ? StageScope.empty() : StageScope.on(begin.facts());
            for (Command trigger : triggers.getOrDefault(base, List.of())) {
                scope.pass(trigger, WordsOf.of(trigger, scope, surroundings.arguments(), globals));
            }
            for (Command command : stage.commands()) {
                step(stage, command, scope, globals);
            }
            stage.from().name().ifPresent(name -> {
                scopes.put(name, scope);
                triggers.put(name, triggers(stage));
            });
        }
    }

    private void step(Recipe.Stage stage, Command command, StageScope scope, Map<String, String> globals) {
        List<TracedWord> words = WordsOf.of(command, scope, surroundings.arguments(), globals);
        var step = new Step(stage, command, words, scope, surroundings);
        checks.forEach(check -> check.step(step, findings));
        scope.pass(command, words);
    }

    private static List<Command> triggers(Recipe.Stage stage) {
        return stage.commands().stream()
                .filter(Command.OnBuild.class::isInstance)
                .map(command -> ((Command.OnBuild) command).trigger())
                .toList();
    }
}
