package dev.longshore.builder;

import dev.longshore.base.Digest;
import dev.longshore.base.Time;
import dev.longshore.builder.attest.Attestor;
import dev.longshore.builder.cache.BuildCache;
import dev.longshore.builder.cache.CacheEntry;
import dev.longshore.builder.cache.CacheUse;
import dev.longshore.builder.cache.PruneWish;
import dev.longshore.builder.checks.Checks;
import dev.longshore.builder.checks.Outline;
import dev.longshore.builder.checks.Report;
import dev.longshore.builder.checks.Surroundings;
import dev.longshore.builder.checks.Targets;
import dev.longshore.builder.commands.Recipe;
import dev.longshore.builder.context.ContextMirrors;
import dev.longshore.builder.context.LocalDirectory;
import dev.longshore.builder.dockerfile.Dockerfile;
import dev.longshore.builder.dockerfile.DockerfileException;
import dev.longshore.builder.dockerfile.DockerfileParser;
import dev.longshore.builder.graph.Plan;
import dev.longshore.builder.graph.PlannedStage;
import dev.longshore.builder.graph.Platforms;
import dev.longshore.builder.progress.BuildEvent;
import dev.longshore.builder.progress.BuildListener;
import dev.longshore.builder.progress.Progress;
import dev.longshore.builder.stage.BaseSource;
import dev.longshore.builder.stage.BuildScope;
import dev.longshore.builder.stage.IgnoreFile;
import dev.longshore.builder.stage.SourceTree;
import dev.longshore.builder.stage.Tools;
import dev.longshore.builder.stage.Wishes;
import dev.longshore.images.Image;
import dev.longshore.images.Leases;
import dev.longshore.images.LocalImages;
import dev.longshore.images.MergedTree;
import dev.longshore.images.Platform;
import dev.longshore.images.Reference;
import dev.longshore.images.distribution.CredentialSource;
import dev.longshore.runtime.OneShot;
import dev.longshore.runtime.cdi.Devices;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Builds images from Dockerfiles. Thread-safe: builds run side by side and share the cache.
public final class Builder {

    private final LocalImages images;
    private final BuildCache cache;
    private final Tools tools;
    private final ContextMirrors mirrors;
    private final Contexts contexts;
    private final Attestor attestor;
    private final Time time;

    /// Builds into `images`; RUN steps go through `oneShot`, absent base images through `bases`. The cache has
    /// its usual size.
    public Builder(LocalImages images, OneShot oneShot, BaseSource bases, Time time) {
        this(images, oneShot, bases, BuildCache.USUAL_BYTES, time);
    }

    /// The same with a cache of at most `cacheBytes`.
    public Builder(LocalImages images, OneShot oneShot, BaseSource bases, long cacheBytes, Time time) {
        this(images, oneShot, bases, cacheBytes, Devices.DIRECTORIES, time);
    }

    /// The same where devices are described in `deviceDirectories`.
    Builder(
            LocalImages images,
            OneShot oneShot,
            BaseSource bases,
            long cacheBytes,
            List<Path> deviceDirectories,
            Time time) {
        this.images = images;
        this.cache = new BuildCache(images, cacheBytes, time);
        this.tools = Tools.of(images, oneShot, cache, bases, deviceDirectories, time);
        this.mirrors = new ContextMirrors(images.layout().build().resolve("contexts"), images.layers(), time);
        this.contexts = new Contexts(images.layers(), tools, mirrors);
        cache.add(mirrors);
        this.attestor = new Attestor(images, time, new SecureRandom());
        this.time = time;
    }

    private Builder(Builder other, Tools tools) {
        this.images = other.images;
        this.cache = other.cache;
        this.tools = tools;
        this.mirrors = other.mirrors;
        this.contexts = other.contexts;
        this.attestor = other.attestor;
        this.time = other.time;
    }

    /// The same builder for somebody who has `keys` of the registries of base images.
    public Builder with(CredentialSource keys) {
        return new Builder(this, tools.with(tools.bases().with(keys)));
    }

    /// Reads the cache, and keeps what it needs from the collector.
    public void start() throws IOException {
        mirrors.start();
        cache.start();
    }

    /// What the cache holds, the least recently used first.
    public List<CacheEntry> cached() throws IOException {
        return cache.entries();
    }

    /// Lets go a part of the cache.
    public BuildCache.Pruned prune(PruneWish wish) throws IOException {
        return cache.prune(wish);
    }

    /// Unpacks a context to build from: a tar archive, compressed or not, or a Dockerfile by itself; [#discard] it
    /// afterwards.
    ///
    /// @throws DockerfileException when it is none, or a hostile one
    public Context receive(InputStream context) throws IOException {
        return receive(context, "");
    }

    /// The same; the contexts of one `kind`, whatever that is, are taken to be much alike, and only what is new in one
    /// is written.
    public Context receive(InputStream context, String kind) throws IOException {
        return contexts.receive(context, kind);
    }

    /// Reads a context that lies on this machine, and [LocalDirectory#isHere]; [#discard] it afterwards. What changes
    /// in the directory later does not matter.
    ///
    /// @throws DockerfileException when it cannot be read
    public Context read(LocalDirectory context) throws IOException, InterruptedException {
        return contexts.read(context);
    }

    /// Fetches a context to build from: a git repository, or an archive or a Dockerfile from the web; [#discard] it
    /// afterwards.
    ///
    /// @throws DockerfileException when it cannot be had
    public Context fetch(String remote) throws IOException, InterruptedException {
        return fetch(remote, Wishes.NONE);
    }

    /// The same for a build with these wishes: a repository keeps `.git` if its address or an argument says so.
    public Context fetch(String remote, Wishes wishes) throws IOException, InterruptedException {
        return contexts.fetch(remote, wishes.keepsGitDirectory());
    }

    /// Unpacks the files of a context that a build is given by name: a tar archive, compressed or not;
    /// [#discardFiles] them afterwards.
    ///
    /// @throws DockerfileException when it is none, or a hostile one
    public Path receiveFiles(InputStream archive) throws IOException {
        return contexts.receiveFiles(archive);
    }

    /// Deletes files that were received.
    public void discardFiles(Path directory) throws IOException {
        images.layers().discard(directory);
    }

    /// Ends the use of a context that was received, read or fetched.
    public void discard(Context context) throws IOException {
        contexts.release(context);
    }

    /// Builds from the directory `context`, which is only read. Tells `listener` what happens. Interrupting the
    /// thread cancels at once and leaves nothing half done.
    ///
    /// @throws DockerfileException when the Dockerfile is wrong or a step fails
    public Built build(BuildRequest request, Path context, BuildListener listener)
            throws IOException, InterruptedException {
        return build(request, context, listener, Results.NONE);
    }

    /// The same; `results` takes what comes of it before it is let go.
    public Built build(BuildRequest request, Path context, BuildListener listener, Results results)
            throws IOException, InterruptedException {
        List<Reference> tags = names(request);
        return solve(request, context, listener, result -> {
            Built built = request.outputs().isStored()
                    ? keep(result, tags, listener)
                    : new Built(id(result), result.target(), tags);
            Image image = images.images().byTarget(built.target()).orElseThrow();
            results.take(new Results.Finished(built, image, result));
            return built;
        });
    }

    /// The same, but what becomes of the result is up to `delivery`: nothing names it before.
    ///
    /// @throws DockerfileException when the Dockerfile is wrong or a step fails
    public <T> T solve(BuildRequest request, Path context, BuildListener listener, Delivery<T> delivery)
            throws IOException, InterruptedException {
        MergedTree files = images.layers().merged(List.of(context));
        BuildFiles texts = BuildFiles.read(files, request.dockerfile());
        var progress = new Progress(listener, time);
        try {
            return solve(
                    request,
                    texts,
                    new SourceTree(files, List.of(context), ignoreFile(texts), contexts.contents(context)),
                    progress,
                    delivery);
        } catch (DockerfileException failed) {
            if (!failed.excerpt().isEmpty()) {
                progress.tell(new BuildEvent.Message(failed.excerpt()));
            }
            throw failed;
        } finally {
            cache.enforce();
        }
    }

    private <T> T solve(
            BuildRequest request, BuildFiles texts, SourceTree source, Progress progress, Delivery<T> delivery)
            throws IOException, InterruptedException {
        Instant started = time.now();
        Dockerfile file = DockerfileParser.read(texts.name(), texts.dockerfile());
        // Every line is right before anything is done.
        Recipe.of(file);
        Target target = Target.of(request, images.images().platform());
        var plans = new ArrayList<Plan>();
        for (Wishes wishes : target.wishes()) {
            plans.add(Plan.of(file.lines(), platforms(wishes), wishes.arguments(), wishes.target(), wishes.contexts()));
        }
        Report report = check(file, texts, target, plans.getFirst());
        try (Leases.Lease lease = images.content().leases().open();
                CacheUse used = cache.use();
                PlatformRuns runs = PlatformRuns.of(
                        new BuildScope(tools, request.wishes().pull(), lease, used, progress), target, plans, source)) {
            report.warnings()
                    .forEach(warning -> progress.tell(new BuildEvent.Message("[Warning] " + warning.line() + "\n")));
            Frontends.warning(file, request.wishes().arguments())
                    .ifPresent(text -> progress.tell(new BuildEvent.Message(text)));
            List<PlatformRuns.Done> done = runs.run(request.contextMade());
            runs.scope().tellUnconsumed(request.wishes().arguments().keySet());
            var order = new Attestor.Order(request.attestations(), texts.name(), texts.dockerfile(), started);
            return delivery.deliver(
                    new ResultAssembly(images, attestor, target, names(request)).assemble(order, done, runs.scope()));
        }
    }

    private Report check(Dockerfile file, BuildFiles texts, Target target, Plan plan) {
        Wishes wishes = target.wishes().getFirst();
        Set<Integer> needed = plan.needed().stream().map(PlannedStage::index).collect(Collectors.toSet());
        Report report = Checks.of(
                file, BuildChecks.surroundings(images, wishes, platforms(wishes), texts.ignored(), needed::contains));
        report.failure().ifPresent(failure -> {
            throw failure;
        });
        return report;
    }

    /// Looks for what is not well in the Dockerfile of `context`, and builds nothing. Base images are not fetched:
    /// rules that need to know one that is not here are silent.
    ///
    /// @throws DockerfileException when there is no Dockerfile
    public Report check(BuildRequest request, Path context) throws IOException {
        BuildFiles texts = BuildFiles.read(images.layers().merged(List.of(context)), request.dockerfile());
        return Checks.of(texts.name(), texts.dockerfile(), surroundings(request, texts));
    }

    /// What may be set when the target is built.
    ///
    /// @throws DockerfileException when the Dockerfile or the target is wrong
    public Outline outline(BuildRequest request, Path context) throws IOException {
        BuildFiles texts = BuildFiles.read(images.layers().merged(List.of(context)), request.dockerfile());
        return Outline.of(DockerfileParser.read(texts.name(), texts.dockerfile()), surroundings(request, texts));
    }

    /// The targets that the Dockerfile of `context` has.
    ///
    /// @throws DockerfileException when it is wrong
    public Targets targets(BuildRequest request, Path context) throws IOException {
        BuildFiles texts = BuildFiles.read(images.layers().merged(List.of(context)), request.dockerfile());
        return Targets.of(DockerfileParser.read(texts.name(), texts.dockerfile()));
    }

    private Surroundings surroundings(BuildRequest request, BuildFiles texts) {
        Wishes wishes = Target.of(request, images.images().platform()).wishes().getFirst();
        return BuildChecks.surroundings(images, wishes, platforms(wishes), texts.ignored(), stage -> true);
    }

    private static List<Reference> names(BuildRequest request) {
        return Stream.concat(
                        request.tags().stream().map(Reference::parse).map(Reference::withDefaultTag),
                        request.outputs().storedNames().stream())
                .distinct()
                .toList();
    }

    private Platforms platforms(Wishes wishes) {
        Platform here = images.images().platform();
        return new Platforms(here, wishes.platform().orElse(here));
    }

    private Built keep(BuildResult result, List<Reference> tags, BuildListener listener) throws IOException {
        if (tags.isEmpty()) {
            images.images().add("", result.target());
        }
        listener.on(new BuildEvent.Message("Successfully built " + id(result).shortHex() + "\n"));
        for (Reference tag : tags) {
            images.images().tag(tag, result.target());
            listener.on(new BuildEvent.Message("Successfully tagged " + tag.familiar() + "\n"));
        }
        return new Built(id(result), result.target(), tags);
    }

    /// Of several images it is the index that has an identity.
    private static Digest id(BuildResult result) {
        return result.isMultiple()
                ? result.target()
                : result.platforms().getFirst().id();
    }

    private static IgnoreFile ignoreFile(BuildFiles texts) {
        try {
            return IgnoreFile.parse(texts.ignored());
        } catch (IllegalArgumentException wrong) {
            throw new DockerfileException(".dockerignore", 0, wrong.getMessage(), 1, wrong);
        }
    }
}
