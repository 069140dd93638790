package dev.longshore.builder.stage;

import dev.longshore.base.Digest;
import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.dockerfile.Words;
import dev.longshore.builder.graph.Base;
import dev.longshore.builder.graph.PlannedStage;
import dev.longshore.builder.progress.Progress;
import dev.longshore.images.Image;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.Platform;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// One stage of a build under way, as its instructions see it. For one thread.
public final class Build {

    private final Session session;
    private final StageGraph graph;
    private final PlannedStage planned;
    private final Deque<String> triggers = new ArrayDeque<>();
    private Optional<Stage> stage = Optional.empty();
    private Progress.Running running;
    private Consumer<String> log;

    /// Of the stage `planned`; other stages' results come from `graph`.
    public Build(Session session, StageGraph graph, PlannedStage planned) {
        this.session = session;
        this.graph = graph;
        this.planned = planned;
    }

    /// What is common to all stages.
    public Session session() {
        return session;
    }

    /// This machine's tools.
    public Tools tools() {
        return session.tools();
    }

    /// What is wanted.
    public Wishes wishes() {
        return session.wishes();
    }

    /// The step `now` is under way.
    public void running(Progress.Running now) {
        running = now;
        log = now::log;
    }

    /// The step that is under way.
    public Progress.Running step() {
        return running;
    }

    /// Output of the step.
    public void say(String text) {
        log.accept(text);
    }

    /// From now on the step's output goes to `elsewhere`; returns where it went.
    Consumer<String> redirect(Consumer<String> elsewhere) {
        Consumer<String> before = log;
        log = elsewhere;
        return before;
    }

    /// The build's context.
    public SourceTree context() {
        return session.context();
    }

    /// The stage's image so far.
    public Stage stage() {
        return stage.orElseThrow(() -> new IllegalStateException("the stage has not begun"));
    }

    /// Begins, as FROM, the first of the stage's lines, says. Files that are returned are what it begins with, and
    /// nothing has been done about them.
    public Optional<Origin> begin(Line from) throws IOException, InterruptedException {
        switch (planned.base()) {
            case Base.Scratch() -> stage = Optional.of(Stage.empty(this));
            case Base.OfStage(int index) ->
                stage = Optional.of(graph.await(index).continuedIn(this));
            case Base.OfImage(String name) -> stage = Optional.of(Stage.on(this, base(from, name, platform())));
            case Base.OfContext(String name, boolean isWhole) -> {
                return begin(from, name, isWhole);
            }
        }
        return Optional.empty();
    }

    private Optional<Origin> begin(Line from, String context, boolean isWhole)
            throws IOException, InterruptedException {
        OpenContexts.Opened opened = open(from, context, platform());
        stage = Optional.of(
                switch (opened) {
                    case OpenContexts.Opened.OfImage(Image image) -> Stage.on(this, image);
                    case OpenContexts.Opened.OfFiles _, OpenContexts.Opened.Nothing _ -> Stage.empty(this);
                });
        if (isWhole) {
            stage().withoutTriggers();
        }
        return opened instanceof OpenContexts.Opened.OfFiles given
                ? Optional.of(Origin.ofDirectory(given.files()))
                : Optional.empty();
    }

    private OpenContexts.Opened open(Line line, String context, Platform platform)
            throws IOException, InterruptedException {
        try {
            return session.contexts().get(context, platform);
        } catch (ImageFaultException absent) {
            throw line.wrong("the build context " + context + ": " + absent.getMessage());
        }
    }

    /// What the stage runs on.
    public Platform platform() {
        return planned.platform().orElseGet(session::platform);
    }

    /// True if what earlier builds did counts for the stage.
    boolean usesCache() {
        return !session.wishes().noCache().concerns(planned.title());
    }

    /// True if the times of a layer's files are set anew once it is filled.
    public boolean rewritesTimes() {
        return wishes().rewriteTimestamp() && session.epoch().isPresent();
    }

    private Image base(Line line, String name, Platform wanted) throws IOException, InterruptedException {
        try {
            Image image = session.bases().get(name, wanted);
            session.materials().image(name, wanted, image.target());
            return image;
        } catch (ImageFaultException absent) {
            throw line.wrong(absent.getMessage());
        }
    }

    /// What the directory `directory` holds, to take files from.
    public SourceTree tree(Path directory) {
        return new SourceTree(
                tools().images().layers().merged(List.of(directory)),
                List.of(directory),
                IgnoreFile.NONE,
                tools().files());
    }

    /// An empty directory for a step's work; [#discard] it afterwards.
    public Path scratch() throws IOException {
        return tools().images().layers().stage("sources");
    }

    /// Deletes a directory of [#scratch].
    public void discard(Path scratch) throws IOException {
        tools().images().layers().discard(scratch);
    }

    /// Where `COPY --from=from` takes from: an earlier stage, a context of that name, an image. Without it, the
    /// build's context.
    public Origin origin(Line line, Optional<String> from) throws IOException, InterruptedException {
        if (from.isEmpty()) {
            return Origin.ofDirectory(context());
        }
        Optional<PlannedStage> earlier = session.plan().find(line, from.get(), planned.index());
        if (earlier.isPresent()) {
            return origin(graph.await(earlier.get().index()));
        }
        // As BuildKit has it, for what the build is for, whatever this stage runs on.
        Platform wanted = session.platform();
        Optional<String> context = session.plan().contexts().find(from.get(), wanted);
        if (context.isPresent()) {
            return switch (open(line, context.get(), wanted)) {
                case OpenContexts.Opened.OfImage(Image image) -> origin(Stage.on(this, image));
                case OpenContexts.Opened.OfFiles given -> Origin.ofDirectory(given.files());
                case OpenContexts.Opened.Nothing() -> origin(Stage.empty(this));
            };
        }
        return origin(
                from.get().equals("scratch") ? Stage.empty(this) : Stage.on(this, base(line, from.get(), wanted)));
    }

    private static Origin origin(Stage stage) throws IOException, InterruptedException {
        List<Digest> chain = stage.config().chainIds();
        return new Origin(stage.files(), true, chain.isEmpty() ? Optional.empty() : Optional.of(chain.getLast()));
    }

    /// The value of an argument that the stage declares: from the command line, else its default, else the
    /// global one.
    public Optional<String> value(String name, Optional<String> fallback) {
        session.consume(name);
        if (name.equals(Epoch.NAME) && session.isEpochGiven()) {
            return session.epoch()
                    .map(epoch -> String.valueOf(epoch.getEpochSecond()))
                    .or(() -> fallback);
        }
        if (wishes().arguments().containsKey(name)) {
            return Optional.of(wishes().arguments().get(name));
        }
        return fallback.isPresent()
                ? fallback
                : Optional.ofNullable(session.plan().arguments().values().get(name));
    }

    /// `word` of `line` with its variables expanded.
    public String expand(Line line, String word) {
        Map<String, String> variables =
                stage.map(Stage::variables).orElseGet(session.plan().arguments()::values);
        try {
            return Words.expand(word, line.escape(), variables);
        } catch (IllegalArgumentException wrong) {
            throw line.wrong(wrong.getMessage());
        }
    }

    /// Every word of `line`, expanded.
    public List<String> expandAll(Line line) {
        return line.fields().stream().map(word -> expand(line, word)).toList();
    }

    /// Queues a base image's ONBUILD triggers, to run before the next line.
    public void trigger(List<String> instructions) {
        triggers.addAll(instructions);
    }

    /// The next trigger that waits, if one does.
    public Optional<String> nextTrigger() {
        return Optional.ofNullable(triggers.poll());
    }
}
