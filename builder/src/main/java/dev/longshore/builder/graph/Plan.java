package dev.longshore.builder.graph;

import dev.longshore.builder.dockerfile.DockerfileException;
import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.dockerfile.Suggestion;
import dev.longshore.images.Platform;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// A Dockerfile as stages that need each other, and which of them is wanted. A stage needs earlier stages only,
/// so there are no circles:
///
/// ```
/// FROM golang AS build          0
/// FROM node AS assets           1
/// FROM base AS test             2   not needed for the last, so not built
/// FROM scratch                  3   needs 0 and 1, which are built side by side
/// COPY --from=build /app /
/// COPY --from=assets /dist /dist
/// ```
///
/// Immutable.
public final class Plan {

    private final List<Line> head;
    private final GlobalArguments arguments;
    private final StageNames names;
    private final NamedContexts contexts;
    private final List<PlannedStage> stages;
    private final int target;

    private Plan(
            List<Line> head,
            GlobalArguments arguments,
            StageNames names,
            NamedContexts contexts,
            List<PlannedStage> stages,
            int target) {
        this.head = List.copyOf(head);
        this.arguments = arguments;
        this.names = names;
        this.contexts = contexts;
        this.stages = List.copyOf(stages);
        this.target = target;
    }

    /// Plans `lines`.
    ///
    /// @param given `--build-arg`s
    /// @param wanted the name or number of the stage that is wanted; the last without one
    /// @throws DockerfileException when a line or the target is wrong
    public static Plan of(List<Line> lines, Platforms platforms, Map<String, String> given, Optional<String> wanted) {
        return of(lines, platforms, given, wanted, NamedContexts.NONE);
    }

    /// The same; `contexts` stand for stages and images of their names.
    public static Plan of(
            List<Line> lines,
            Platforms platforms,
            Map<String, String> given,
            Optional<String> wanted,
            NamedContexts contexts) {
        int first = firstStage(lines);
        List<Line> head = lines.subList(0, first);
        List<FromLine> froms = lines.stream()
                .filter(line -> line.keyword().equals("FROM"))
                .map(FromLine::of)
                .toList();
        var names = new StageNames(froms.stream().map(FromLine::name).toList());
        var automatic = platforms.arguments();
        int target = target(lines.getFirst().file(), names, wanted);
        automatic.put("TARGETSTAGE", named(wanted, froms));
        GlobalArguments arguments = GlobalArguments.of(head, automatic, given);
        var stages = new ArrayList<PlannedStage>();
        int from = first;
        for (int index = 0; index < froms.size(); index++) {
            int end = nextStage(lines, from + 1);
            PlannedStage read = stage(froms.get(index), lines.subList(from, end), arguments, names, stages);
            stages.add(given(read, platforms.target(), contexts));
            from = end;
        }
        return new Plan(head, arguments, names, contexts, stages, target);
    }

    /// What TARGETSTAGE says: as BuildKit has it, the last stage's name if none is asked for.
    private static String named(Optional<String> wanted, List<FromLine> froms) {
        return wanted.filter(text -> !text.isEmpty())
                .or(() -> froms.getLast().name())
                .orElse("default");
    }

    /// As BuildKit has it, a context stands for the stage of its name, of which nothing is done then, else for the
    /// image that the stage begins with.
    private static PlannedStage given(PlannedStage read, Platform target, NamedContexts contexts) {
        Platform platform = read.platform().orElse(target);
        Optional<String> whole = read.name().flatMap(name -> contexts.find(name, platform));
        if (whole.isPresent()) {
            return read.replaced(new Base.OfContext(whole.get(), true));
        }
        return switch (read.base()) {
            case Base.OfImage(String name) ->
                contexts.find(name, platform)
                        .map(found -> read.on(new Base.OfContext(found, false)))
                        .orElse(read);
            case Base.OfStage _, Base.Scratch _, Base.OfContext _ -> read;
        };
    }

    private static PlannedStage stage(
            FromLine from, List<Line> lines, GlobalArguments arguments, StageNames names, List<PlannedStage> before) {
        int index = before.size();
        Base base = from.base(arguments, names, index);
        Optional<Platform> platform = from.platform(arguments);
        var needs = new TreeSet<Integer>();
        if (base instanceof Base.OfStage(int earlier)) {
            needs.add(earlier);
            // What goes on from another stage is on its platform, whatever it asks for.
            platform = before.get(earlier).platform();
        }
        for (Line line : lines) {
            LineNeeds.of(line).forEach(text -> names.from(line, text, index).ifPresent(needs::add));
        }
        return new PlannedStage(index, from.name(), base, platform, lines, needs);
    }

    private static int firstStage(List<Line> lines) {
        int first = nextStage(lines, 0);
        for (Line line : lines.subList(0, first)) {
            if (!line.keyword().equals("ARG")) {
                throw line.wrong("no build stage in current context: a Dockerfile begins with FROM");
            }
        }
        if (first == lines.size()) {
            throw lines.getLast().wrong("no build stage in current context");
        }
        return first;
    }

    private static int nextStage(List<Line> lines, int start) {
        int at = start;
        while (at < lines.size() && !lines.get(at).keyword().equals("FROM")) {
            at++;
        }
        return at;
    }

    private static int target(String file, StageNames names, Optional<String> wanted) {
        Optional<String> text = wanted.filter(name -> !name.isEmpty());
        if (text.isEmpty()) {
            return names.count() - 1;
        }
        return names.target(text.get())
                .orElseThrow(() -> new DockerfileException(
                        file,
                        0,
                        "target stage \"" + text.get() + "\" could not be found"
                                + Suggestion.ofAnyCase(text.get(), names.titles()) + "; there are: "
                                + names.titles().stream().collect(Collectors.joining(", "))));
    }

    /// The lines before the first stage.
    public List<Line> head() {
        return head;
    }

    /// The arguments of those lines.
    public GlobalArguments arguments() {
        return arguments;
    }

    /// What the build is given besides its context.
    public NamedContexts contexts() {
        return contexts;
    }

    /// Every stage, needed or not.
    public List<PlannedStage> stages() {
        return stages;
    }

    /// The stage that is wanted.
    public PlannedStage target() {
        return stages.get(target);
    }

    /// The wanted stage and all that it needs, directly or not, in the Dockerfile's order.
    public List<PlannedStage> needed() {
        var open = new ArrayList<>(List.of(target));
        var found = new TreeSet<Integer>();
        while (!open.isEmpty()) {
            int index = open.removeLast();
            if (found.add(index)) {
                open.addAll(stages.get(index).needs());
            }
        }
        return found.stream().map(stages::get).toList();
    }

    /// The stage that `line`, within stage number `current`, means by `--from=text`; empty if it must be an
    /// image.
    ///
    /// @throws DockerfileException when it is no earlier stage
    public Optional<PlannedStage> find(Line line, String text, int current) {
        return names.from(line, text, current).map(stages::get);
    }
}
