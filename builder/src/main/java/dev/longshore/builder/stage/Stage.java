package dev.longshore.builder.stage;

import dev.longshore.base.Digest;
import dev.longshore.builder.cache.CacheArtifact;
import dev.longshore.builder.cache.UsedStep;
import dev.longshore.images.Descriptor;
import dev.longshore.images.Image;
import dev.longshore.images.ImageConfig;
import dev.longshore.images.LayerTree;
import dev.longshore.images.Layers;
import dev.longshore.images.MergedTree;
import dev.longshore.images.Platform;
import dev.longshore.images.RunConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// A stage of a build: the image so far, and how a step makes the next one. For the thread of its [Build]; once
/// that is done, other threads may read it.
public final class Stage {

    /// Where commands are looked for, if an image does not say.
    public static final String SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private static final List<String> DEFAULT_SHELL = List.of("/bin/sh", "-c");

    private final Build build;
    private final StepWork work;
    private final Map<String, String> arguments = new TreeMap<>();

    /// Arguments declared since a variable of the same name was set: these show, as in BuildKit the later one does.
    private final Set<String> newer = new TreeSet<>();
    private ImageState state;
    private boolean hasOwnCommand;
    private Optional<Digest> assembled = Optional.empty();

    private Stage(Build build, ImageState state) {
        this.build = build;
        this.work = new StepWork(build);
        this.state = state;
        work.hold(state);
    }

    /// On `base`.
    static Stage on(Build build, Image base) {
        return new Stage(build, ImageState.of(base));
    }

    /// On nothing.
    static Stage empty(Build build) {
        return new Stage(build, ImageState.empty(build.platform()));
    }

    /// A new stage of `other` on what this one has come to; arguments declared here are known there.
    Stage continuedIn(Build other) {
        var next = new Stage(other, state);
        next.arguments.putAll(arguments);
        next.newer.addAll(newer);
        return next;
    }

    /// Drops ONBUILD triggers, once they have been queued.
    public void withoutTriggers() {
        state = state.withRun(run().withOnBuild(List.of()));
    }

    /// Sees to it that the image says where commands are looked for, as every image that Docker builds does.
    public void withSearchPath() {
        if (!run().env().containsKey("PATH")) {
            state = state.withRun(run().withEnv(Map.of("PATH", SEARCH_PATH)));
        }
    }

    /// Fills a new layer.
    @FunctionalInterface
    public interface Filling {
        /// Writes into `upper`, which overlayfs shows above `lowers`; `work` is its scratch.
        void fill(Path upper, Path work, List<Path> lowers) throws IOException, InterruptedException;
    }

    /// How the image so far is run.
    public RunConfig run() {
        return state.config().run();
    }

    /// The image so far.
    public ImageConfig config() {
        return state.config();
    }

    /// Its layers, bottom first.
    public List<Descriptor> layers() {
        return state.layers();
    }

    /// The steps of this build from the stage's base image, or from nothing, to the image so far.
    public List<UsedStep> steps() {
        return state.steps();
    }

    /// What the image so far would be called.
    public Digest id() {
        return assembled.orElseGet(state::id);
    }

    /// What the image so far is: equal for equal files and configuration, however and whenever they came about.
    public Digest content() {
        return state.digest();
    }

    /// Makes the image so far a manifest, which the build's lease keeps; returns its digest.
    ///
    /// @param isInlining whether what the steps came to goes into its configuration
    public Digest assemble(boolean isInlining) throws IOException {
        Optional<Platform> platform = build.wishes().platform();
        if (platform.isPresent()) {
            state = state.forPlatform(platform.get());
        }
        Optional<Instant> epoch = build.session().epoch();
        if (epoch.isPresent()) {
            state = state.asOf(epoch.get());
        }
        if (state.untouched().isPresent()) {
            return state.untouched().get().target();
        }
        byte[] plain = state.config().bytes();
        byte[] config = isInlining ? CacheArtifact.inlined(plain, state.steps(), epoch) : plain;
        assembled = Optional.of(Digest.sha256(config));
        return build.tools()
                .images()
                .images()
                .assemble(config, state.layers(), build.session().lease());
    }

    /// What runs shell forms.
    public List<String> shell() {
        return run().shell().isEmpty() ? DEFAULT_SHELL : run().shell();
    }

    /// True once this stage has a CMD of its own: ENTRYPOINT then leaves it.
    public boolean hasOwnCommand() {
        return hasOwnCommand;
    }

    /// Says that this stage has a CMD of its own.
    public void ownsCommand() {
        hasOwnCommand = true;
    }

    /// Declares an argument of this stage.
    public void declare(String name, String value) {
        arguments.put(name, value);
        newer.add(name);
    }

    /// Says that the variables `names` are being set: they hide arguments declared before.
    public void sets(Set<String> names) {
        newer.removeAll(names);
    }

    /// Variables of the image and arguments declared so far; of two with one name the later.
    public Map<String, String> variables() {
        var variables = new TreeMap<>(run().env());
        variables.putAll(arguments());
        return variables;
    }

    /// Arguments that commands see and that count for the cache.
    public Map<String, String> arguments() {
        var visible = new TreeMap<>(arguments);
        visible.keySet().removeIf(name -> run().env().containsKey(name) && !newer.contains(name));
        return visible;
    }

    /// The proxies that whoever asked for the build named. As BuildKit has it, each has both its spellings, whichever
    /// was given.
    public Map<String, String> proxies() {
        var proxies = new LinkedHashMap<String, String>();
        new TreeMap<>(build.wishes().arguments()).forEach((name, value) -> {
            if (KnownArguments.PROXIES.contains(name)) {
                proxies.put(name.toUpperCase(Locale.ROOT), value);
                proxies.put(name.toLowerCase(Locale.ROOT), value);
            }
        });
        return proxies;
    }

    /// The directories of the image so far, topmost first.
    public List<Path> directories() throws IOException, InterruptedException {
        return work.directories(state);
    }

    /// The files of the image so far.
    public MergedTree tree() throws IOException, InterruptedException {
        return build.tools().images().layers().merged(directories());
    }

    /// The same, to take files from: of an image without layers, its empty root.
    public SourceTree files() throws IOException, InterruptedException {
        Layers layers = build.tools().images().layers();
        List<Path> directories = directories();
        if (directories.isEmpty()) {
            directories = List.of(layers.empty());
        }
        return new SourceTree(
                layers.merged(directories),
                directories,
                IgnoreFile.NONE,
                build.tools().files());
    }

    /// A step that changes only how the image is run.
    public void configure(String createdBy, RunConfig next) throws IOException, InterruptedException {
        state = work.configure(state, createdBy, state.withRun(next));
    }

    /// A step that writes a layer.
    ///
    /// @param createdBy for the image's history
    /// @param inputs the sum of everything that the layer depends on besides the image so far and `createdBy`
    public void layer(String createdBy, String inputs, Filling filling) throws IOException, InterruptedException {
        state = work.layer(state, createdBy, inputs, filling);
    }

    /// A step that writes a layer without looking at the image so far: the layer is the same whatever is below.
    ///
    /// @param inputs the sum of everything that the layer depends on besides `createdBy`
    public void linked(String createdBy, String inputs, Filling filling) throws IOException, InterruptedException {
        state = work.linked(state, createdBy, inputs, filling);
    }

    /// Says where later steps start, as part of the step that made the directory.
    public void enter(String directory) {
        state = state.withRun(run().in(directory));
    }

    /// Names the author, as MAINTAINER does.
    public void author(String author) throws IOException, InterruptedException {
        state = work.configure(state, "/bin/sh -c #(nop)  MAINTAINER " + author, state.by(author));
    }

    /// The layer tree that a filling writes into by itself.
    public LayerTree writable(Path upper, List<Path> lowers) {
        return build.tools().images().layers().tree(upper, lowers);
    }
}
