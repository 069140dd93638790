package dev.longshore.builder.checks;

import dev.longshore.builder.commands.Command;
import dev.longshore.builder.commands.Recipe;
import dev.longshore.builder.dockerfile.Dockerfile;
import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.dockerfile.Suggestion;
import dev.longshore.builder.dockerfile.Words;
import dev.longshore.builder.flags.Mount;
import dev.longshore.builder.flags.RunFlags;
import dev.longshore.builder.graph.Platforms;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Notes, stage by stage, which arguments are used and what is mounted, then puts together what a target's stages
/// have. For one file.
final class OutlineCollector implements Check {

    private final Surroundings surroundings;
    private final Map<Integer, Set<String>> used = new TreeMap<>();
    private final Map<Integer, Map<String, Outline.Argument>> own = new TreeMap<>();
    private final Map<Integer, Map<String, Outline.Need>> secrets = new TreeMap<>();
    private final Map<Integer, Map<String, Outline.Need>> agents = new TreeMap<>();
    private final Map<Integer, Set<Integer>> needs = new TreeMap<>();
    private final Map<String, Outline.Argument> globals = new LinkedHashMap<>();
    private final Map<String, Set<String>> usedByGlobal = new HashMap<>();
    private Recipe recipe;

    private OutlineCollector(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    static Outline collect(Dockerfile file, Surroundings surroundings) {
        var collector = new OutlineCollector(surroundings);
        new Walk(List.of(collector), surroundings, new Findings(CheckOptions.DEFAULT)).through(file);
        return collector.outline();
    }

    @Override
    public void file(Recipe whole, Surroundings same, Findings findings) {
        recipe = whole;
        Map<String, String> values = new HashMap<>(surroundings.automatic(whole.lastName()));
        for (Command.Arg arg : whole.globals()) {
            arg.declarations().forEach(declared -> global(arg.line(), declared, values));
        }
    }

    private void global(Line line, Command.Declaration declared, Map<String, String> values) {
        String name = declared.name();
        String given = surroundings.arguments().get(name);
        if (given != null) {
            values.put(name, given);
        } else if (declared.value().isPresent()) {
            Words.Expansion value;
            try {
                value = Words.trace(declared.value().get(), line.escape(), values);
            } catch (IllegalArgumentException wrong) {
                throw line.wrong(wrong.getMessage());
            }
            values.put(name, value.text());
            usedByGlobal.computeIfAbsent(name, fresh -> new TreeSet<>()).addAll(value.matched());
        }
        globals.put(name, argument(line, name, values.getOrDefault(name, "")));
    }

    private static Outline.Argument argument(Line line, String name, String value) {
        return new Outline.Argument(
                name, value, Descriptions.of(name, line.comments()), line.number(), line.lastNumber());
    }

    @Override
    public void from(StageBegin begin, Platforms platforms, Findings findings) {
        int index = begin.stage().index();
        used(index).addAll(begin.base().matched());
        begin.platform().ifPresent(platform -> used(index).addAll(platform.matched()));
        need(index, begin.base().text(), false);
    }

    @Override
    public void step(Step step, Findings findings) {
        int index = step.stage().index();
        switch (step.command()) {
            case Command.Arg arg -> arg.declarations().forEach(declared -> declare(step, declared));
            case Command.Copy copy -> copy.line().flag("from").ifPresent(from -> need(index, from, true));
            case Command.Run run -> mounts(step, run);
            default -> {}
        }
    }

    private void declare(Step step, Command.Declaration declared) {
        String name = declared.name();
        int index = step.stage().index();
        used(index).add(name);
        boolean isGlobalOnly = declared.value().isEmpty() && globals.containsKey(name);
        if (!isGlobalOnly) {
            own.computeIfAbsent(index, fresh -> new LinkedHashMap<>())
                    .put(
                            name,
                            argument(
                                    step.line(), name, step.before().value(name).orElse("")));
        }
    }

    private void mounts(Step step, Command.Run run) {
        int index = step.stage().index();
        Line line = run.line();
        RunFlags flags =
                RunFlags.of(line, word -> step.before().trace(line, word).text());
        for (Mount mount : flags.mounts()) {
            switch (mount) {
                case Mount.Secret secret -> note(secrets, index, secret.id(), secret.isRequired(), line);
                case Mount.Ssh ssh -> note(agents, index, ssh.id(), ssh.isRequired(), line);
                case Mount.Bind bind -> bind.from().ifPresent(from -> need(index, from, true));
                case Mount.Cache cache -> cache.from().ifPresent(from -> need(index, from, true));
                case Mount.Tmpfs none -> {}
            }
        }
    }

    private static void note(
            Map<Integer, Map<String, Outline.Need>> notes, int index, String name, boolean isRequired, Line line) {
        notes.computeIfAbsent(index, fresh -> new LinkedHashMap<>())
                .putIfAbsent(name, new Outline.Need(name, isRequired, line.number(), line.lastNumber()));
    }

    private Set<String> used(int index) {
        return used.computeIfAbsent(index, fresh -> new TreeSet<>());
    }

    /// Stage number `index` needs the earlier stage that `text` means, if it means one.
    private void need(int index, String text, boolean mayBeNumber) {
        String name = text.toLowerCase(Locale.ROOT);
        recipe.stages().stream()
                .filter(stage -> stage.index() < index)
                .filter(stage -> stage.from().name().filter(name::equals).isPresent()
                        || mayBeNumber && text.equals(String.valueOf(stage.index())))
                .map(Recipe.Stage::index)
                .reduce((earlier, later) -> later)
                .ifPresent(found ->
                        needs.computeIfAbsent(index, fresh -> new TreeSet<>()).add(found));
    }

    private Outline outline() {
        Recipe.Stage target = target();
        var open = new ArrayList<>(List.of(target.index()));
        Set<Integer> stages = new TreeSet<>();
        while (!open.isEmpty()) {
            int index = open.removeLast();
            if (stages.add(index)) {
                open.addAll(needs.getOrDefault(index, Set.of()));
            }
        }
        String name = target.from().name().orElse("");
        return new Outline(
                recipe.file().source(),
                name,
                Descriptions.of(name, target.from().line().comments()),
                arguments(stages),
                gathered(secrets, stages),
                gathered(agents, stages));
    }

    private Recipe.Stage target() {
        String wanted = surroundings.target().orElse("");
        if (wanted.isEmpty()) {
            return recipe.stages().getLast();
        }
        return recipe.find(wanted)
                .orElseThrow(() -> recipe.file()
                        .source()
                        .wrong(
                                0,
                                "target stage \"" + wanted + "\" could not be found"
                                        + Suggestion.of(
                                                wanted,
                                                recipe.stages().stream()
                                                        .flatMap(stage -> stage.from().name().stream())
                                                        .toList())));
    }

    private List<Outline.Argument> arguments(Set<Integer> stages) {
        Map<String, Outline.Argument> all = new LinkedHashMap<>();
        Set<String> seen = new HashSet<>();
        for (int index : stages) {
            used(index).forEach(name -> follow(name, own.getOrDefault(index, Map.of()), all, seen));
        }
        return all.values().stream()
                .sorted(Comparator.comparingInt(Outline.Argument::first))
                .toList();
    }

    private void follow(
            String name, Map<String, Outline.Argument> stage, Map<String, Outline.Argument> all, Set<String> seen) {
        var open = new ArrayList<>(List.of(name));
        while (!open.isEmpty()) {
            String next = open.removeLast();
            Outline.Argument known = stage.getOrDefault(next, globals.get(next));
            if (known != null) {
                all.putIfAbsent(next, known);
            }
            if (seen.add(next)) {
                open.addAll(usedByGlobal.getOrDefault(next, Set.of()));
            }
        }
    }

    private static List<Outline.Need> gathered(Map<Integer, Map<String, Outline.Need>> notes, Set<Integer> stages) {
        Map<String, Outline.Need> all = new LinkedHashMap<>();
        stages.forEach(index -> notes.getOrDefault(index, Map.of()).forEach(all::putIfAbsent));
        return all.values().stream()
                .sorted(Comparator.comparingInt(Outline.Need::first))
                .toList();
    }
}
