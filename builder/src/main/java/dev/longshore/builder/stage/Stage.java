package dev.longshore.builder.stage;

import dev.longshore.base.Digest;
import dev.longshore.images.Descriptor;
import dev.longshore.images.Image;
import dev.longshore.images.ImageConfig;
import dev.longshore.images.LayerTree;
import dev.longshore.images.Layers;
import dev.longshore.images.Manifest;
import dev.longshore.images.MediaTypes;
import dev.longshore.images.MergedTree;
import dev.longshore.images.RunConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// A stage of a build: the image so far, and how a step makes the next one. Each step's outcome is looked for
/// in the cache first. For one thread.
public final class Stage {

    /// Arguments that may be given without any ARG, and do not count for the cache.
    static final Set<String> PROXIES = Set.of(
            "HTTP_PROXY",
            "http_proxy",
            "HTTPS_PROXY",
            "https_proxy",
            "FTP_PROXY",
            "ftp_proxy",
            "NO_PROXY",
            "no_proxy",
            "ALL_PROXY",
            "all_proxy");

    private static final List<String> DEFAULT_SHELL = List.of("/bin/sh", "-c");

    private final Build build;
    private final Map<String, String> arguments = new TreeMap<>();
    private ImageConfig config;
    private List<Descriptor> layers;
    private Optional<Image> untouched = Optional.empty();
    private boolean hasOwnCommand;

    /// On `base`.
    public Stage(Build build, Image base) {
        this(build, base.config(), base.manifest().layers());
        this.untouched = Optional.of(base);
    }

    /// On nothing.
    public Stage(Build build) {
        this(build, ImageConfig.empty(build.tools().images().images().platform()), List.of());
    }

    private Stage(Build build, ImageConfig config, List<Descriptor> layers) {
        this.build = build;
        this.config = config;
        this.layers = layers;
        hold();
    }

    /// A new stage on what this one has come to.
    public Stage continued() {
        return untouched.isPresent() ? new Stage(build, untouched.get()) : new Stage(build, config, layers);
    }

    /// Drops ONBUILD triggers, once they have been queued.
    public void withoutTriggers() {
        untouched = Optional.empty();
        config = config.withRun(run().withOnBuild(List.of()));
    }

    /// Fills a new layer.
    @FunctionalInterface
    public interface Filling {
        /// Writes into `upper`, which overlayfs shows above `lowers`; `work` is its scratch.
        void fill(Path upper, Path work, List<Path> lowers) throws IOException, InterruptedException;
    }

    /// How the image so far is run.
    public RunConfig run() {
        return config.run();
    }

    /// The image so far.
    public ImageConfig config() {
        return config;
    }

    /// Its layers, bottom first.
    public List<Descriptor> layers() {
        return layers;
    }

    /// What the image so far would be called.
    public Digest id() {
        return untouched.map(Image::id).orElseGet(() -> Digest.sha256(config.bytes()));
    }

    /// Makes the image so far a manifest, which the build's lease keeps; returns its digest.
    public Digest assemble() throws IOException {
        return untouched.isPresent()
                ? untouched.get().target()
                : build.tools().images().images().assemble(config, layers, build.lease());
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
    }

    /// Arguments declared so far, and variables of the image, which win.
    public Map<String, String> variables() {
        var variables = new TreeMap<>(arguments);
        variables.putAll(run().env());
        return variables;
    }

    /// Arguments that commands see and that count for the cache.
    public Map<String, String> arguments() {
        var visible = new TreeMap<>(arguments);
        visible.keySet().removeAll(run().env().keySet());
        return visible;
    }

    /// The proxies that whoever asked for the build named.
    public Map<String, String> proxies() {
        var proxies = new LinkedHashMap<>(build.wishes().arguments());
        proxies.keySet().retainAll(PROXIES);
        return proxies;
    }

    /// The files of the image so far.
    public MergedTree tree() throws IOException, InterruptedException {
        return build.tools().images().layers().merged(lowers());
    }

    /// A step that changes only how the image is run.
    public void configure(String createdBy, RunConfig next) {
        String key = key(createdBy, "");
        if (!reuse(key)) {
            keep(key, createdBy, config.withRun(next), layers, true);
        }
    }

    /// A step that writes a layer.
    ///
    /// @param createdBy for the image's history
    /// @param inputs the sum of everything that the layer depends on besides the image so far and `createdBy`
    public void layer(String createdBy, String inputs, Filling filling) throws IOException, InterruptedException {
        String key = key(createdBy, inputs);
        if (reuse(key)) {
            return;
        }
        Layers store = build.tools().images().layers();
        Path staged = store.stage("step");
        try {
            Path upper = Files.createDirectory(staged.resolve("upper"));
            Files.setAttribute(upper, "unix:mode", 0755);
            Path work = Files.createDirectory(staged.resolve("work"));
            List<Path> lowers = new ArrayList<>(lowers());
            if (lowers.isEmpty()) {
                lowers.add(Files.createDirectory(staged.resolve("nothing")));
            }
            filling.fill(upper, work, List.copyOf(lowers));
            if (Thread.interrupted()) {
                throw new InterruptedException("the build was cancelled");
            }
            List<Digest> chain = config.chainIds();
            Optional<Digest> parent = chain.isEmpty() ? Optional.empty() : Optional.of(chain.getLast());
            Layers.Written written = store.commit(upper, parent, build.lease());
            var diffIds = new ArrayList<>(config.diffIds());
            diffIds.add(written.diffId());
            var more = new ArrayList<>(layers);
            more.add(written.descriptor());
            ImageConfig next = new ImageConfig(
                    config.platform(), config.created(), config.author(), config.run(), diffIds, config.history());
            keep(key, createdBy, next, more, false);
        } finally {
            store.discard(staged);
        }
    }

    /// Says where later steps start, as part of the step that made the directory.
    public void enter(String directory) {
        untouched = Optional.empty();
        config = config.withRun(run().in(directory));
    }

    /// Names the author, as MAINTAINER does.
    public void author(String author) {
        untouched = Optional.empty();
        config = new ImageConfig(
                config.platform(), config.created(), author, config.run(), config.diffIds(), config.history());
        configure("/bin/sh -c #(nop)  MAINTAINER " + author, run());
    }

    /// The layer tree that a filling writes into by itself.
    public LayerTree writable(Path upper, List<Path> lowers) {
        return build.tools().images().layers().tree(upper, lowers);
    }

    private String key(String createdBy, String inputs) {
        return Digest.sha256((id() + "\n" + createdBy + "\n" + inputs).getBytes(StandardCharsets.UTF_8))
                .hex();
    }

    private boolean reuse(String key) {
        Optional<StepCache.Result> known =
                build.wishes().useCache() ? build.tools().cache().find(key) : Optional.empty();
        if (known.isEmpty()) {
            return false;
        }
        ImageConfig before = config;
        List<Descriptor> layersBefore = layers;
        Optional<Image> untouchedBefore = untouched;
        untouched = Optional.empty();
        config = known.get().config();
        layers = known.get().layers();
        hold();
        if (layers.stream().allMatch(layer -> build.tools().images().content().has(layer.digest()))) {
            build.say(" ---> Using cache\n");
            return true;
        }
        untouched = untouchedBefore;
        config = before;
        layers = layersBefore;
        return false;
    }

    private void keep(String key, String createdBy, ImageConfig next, List<Descriptor> nextLayers, boolean isEmpty) {
        var now = build.tools().time().now().truncatedTo(ChronoUnit.MILLIS);
        var history = new ArrayList<>(next.history());
        history.add(new ImageConfig.History(Optional.of(now), createdBy, next.author(), "", isEmpty));
        untouched = Optional.empty();
        config = new ImageConfig(next.platform(), Optional.of(now), next.author(), next.run(), next.diffIds(), history);
        layers = List.copyOf(nextLayers);
        build.tools().cache().remember(key, new StepCache.Result(config, layers));
    }

    /// Content first, question afterwards: what is kept now is not collected any more.
    private void hold() {
        layers.forEach(layer -> build.lease().keep(layer.digest()));
        config.chainIds().forEach(build.lease()::keep);
    }

    private List<Path> lowers() throws IOException, InterruptedException {
        if (layers.isEmpty()) {
            return List.of();
        }
        // Only its layers matter: the config of a stage under way is nowhere but here.
        var manifest = new Manifest.Image(
                MediaTypes.OCI_MANIFEST,
                Descriptor.of(MediaTypes.OCI_CONFIG, id(), config.bytes().length),
                layers,
                Optional.empty());
        return build.tools().images().layers().directories(manifest, config);
    }
}
