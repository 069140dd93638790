package dev.longshore.builder.stage;

import dev.longshore.base.Time;
import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.dockerfile.Words;
import dev.longshore.images.Image;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.Leases;
import dev.longshore.images.LocalImages;
import dev.longshore.runtime.OneShot;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/// One build under way: what its instructions share. For one thread.
public final class Build {

    private final Tools tools;
    private final Wishes wishes;
    private final SourceTree context;
    private final Leases.Lease lease;
    private final Consumer<String> out;
    private final Map<String, String> globals = new HashMap<>();
    private final Map<String, Stage> stages = new LinkedHashMap<>();
    private final List<Stage> order = new ArrayList<>();
    private final Deque<String> triggers = new ArrayDeque<>();
    private final Set<String> consumed = new HashSet<>();

    /// Over `context`; says what happens to `out`.
    public Build(Tools tools, Wishes wishes, SourceTree context, Leases.Lease lease, Consumer<String> out) {
        this.tools = tools;
        this.wishes = wishes;
        this.context = context;
        this.lease = lease;
        this.out = out;
        String platform = tools.images().images().platform().toString();
        globals.putAll(Map.of(
                "BUILDPLATFORM",
                platform,
                "TARGETPLATFORM",
                platform,
                "BUILDOS",
                tools.images().images().platform().os(),
                "TARGETOS",
                tools.images().images().platform().os(),
                "BUILDARCH",
                tools.images().images().platform().architecture(),
                "TARGETARCH",
                tools.images().images().platform().architecture(),
                "TARGETVARIANT",
                "",
                "BUILDVARIANT",
                ""));
    }

    /// What builds need of this machine.
    public record Tools(LocalImages images, OneShot oneShot, StepCache cache, BaseSource bases, Time time) {}

    /// What whoever asked for the build wants.
    ///
    /// @param arguments `--build-arg`s
    /// @param labels put on the result
    /// @param useCache whether earlier builds' steps count
    /// @param pull whether base images are looked for anew
    /// @param hostNetwork whether RUN steps use the host's network
    public record Wishes(
            Map<String, String> arguments,
            Map<String, String> labels,
            boolean useCache,
            boolean pull,
            boolean hostNetwork) {
        public Wishes {
            arguments = Map.copyOf(arguments);
            labels = Map.copyOf(labels);
        }
    }

    /// This machine's tools.
    public Tools tools() {
        return tools;
    }

    /// What is wanted.
    public Wishes wishes() {
        return wishes;
    }

    /// Keeps what the build makes.
    public Leases.Lease lease() {
        return lease;
    }

    /// Tells whoever waits.
    public void say(String text) {
        out.accept(text);
    }

    /// The build's context.
    public SourceTree context() {
        return context;
    }

    /// The stage under way.
    public Stage stage() {
        return order.getLast();
    }

    /// True before the first FROM.
    public boolean isBeforeFirstStage() {
        return order.isEmpty();
    }

    /// Begins `stage`, which may have a name.
    public void begin(Stage stage, Optional<String> name) {
        stages.put(String.valueOf(order.size()), stage);
        name.ifPresent(n -> stages.put(n.toLowerCase(java.util.Locale.ROOT), stage));
        order.add(stage);
    }

    /// The finished or running stage that `nameOrNumber` means.
    public Optional<Stage> find(String nameOrNumber) {
        return Optional.ofNullable(stages.get(nameOrNumber.toLowerCase(java.util.Locale.ROOT)));
    }

    /// The base image `name`, fetched if need be.
    public Image base(Line line, String name) throws IOException, InterruptedException {
        try {
            Optional<Image> here = tools.images().images().find(name);
            return here.isPresent() && !wishes.pull()
                    ? here.get()
                    : tools.bases().fetch(name, here, this::say);
        } catch (ImageFaultException absent) {
            throw line.wrong(absent.getMessage());
        }
    }

    /// Where `COPY --from=from` takes from; the context without it.
    public SourceTree source(Line line, Optional<String> from) throws IOException, InterruptedException {
        if (from.isEmpty()) {
            return context;
        }
        Optional<Stage> stage = find(from.get());
        if (stage.isPresent()) {
            if (stage.get() == stage()) {
                throw line.wrong("invalid from flag value " + from.get() + ": refers to current build stage");
            }
            return new SourceTree(stage.get().tree(), IgnoreFile.NONE);
        }
        Stage image = new Stage(this, base(line, from.get()));
        return new SourceTree(image.tree(), IgnoreFile.NONE);
    }

    /// An ARG before the first FROM: seen by FROMs, and by stages that declare it again.
    public void declareGlobal(String name, Optional<String> fallback) {
        value(name, fallback).ifPresent(value -> globals.put(name, value));
    }

    /// The value of an argument that a stage declares: from the command line, else its default, else the global
    /// one.
    public Optional<String> value(String name, Optional<String> fallback) {
        consumed.add(name);
        if (wishes.arguments().containsKey(name)) {
            return Optional.of(wishes.arguments().get(name));
        }
        return fallback.isPresent() ? fallback : Optional.ofNullable(globals.get(name));
    }

    /// `word` of `line` with its variables expanded.
    public String expand(Line line, String word) {
        Map<String, String> variables = new TreeMap<>(globals);
        if (!line.keyword().equals("FROM") && !isBeforeFirstStage()) {
            variables = stage().variables();
        }
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

    /// Arguments from the command line that no ARG declares.
    public Set<String> unconsumed() {
        var left = new TreeSet<>(wishes.arguments().keySet());
        left.removeAll(consumed);
        left.removeIf(name -> Stage.PROXIES.contains(name));
        return left;
    }
}
