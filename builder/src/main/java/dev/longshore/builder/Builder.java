package dev.longshore.builder;

import dev.longshore.base.Digest;
import dev.longshore.base.Time;
import dev.longshore.builder.cache.BuildCache;
import dev.longshore.builder.cache.CacheEntry;
import dev.longshore.builder.cache.CacheUse;
import dev.longshore.builder.cache.PruneWish;
import dev.longshore.builder.dockerfile.DockerfileException;
import dev.longshore.builder.dockerfile.DockerfileParser;
import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.graph.Plan;
import dev.longshore.builder.graph.Platforms;
import dev.longshore.builder.instructions.Instructions;
import dev.longshore.builder.progress.BuildEvent;
import dev.longshore.builder.progress.BuildListener;
import dev.longshore.builder.progress.Progress;
import dev.longshore.builder.stage.BaseSource;
import dev.longshore.builder.stage.IgnoreFile;
import dev.longshore.builder.stage.Session;
import dev.longshore.builder.stage.SourceTree;
import dev.longshore.builder.stage.Stage;
import dev.longshore.builder.stage.StageGraph;
import dev.longshore.builder.stage.Tools;
import dev.longshore.builder.stage.Wishes;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.Leases;
import dev.longshore.images.LocalImages;
import dev.longshore.images.MergedTree;
import dev.longshore.images.Platform;
import dev.longshore.images.Reference;
import dev.longshore.runtime.OneShot;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Builds images from Dockerfiles. Thread-safe: builds run side by side and share the cache.
public final class Builder {

    private static final long LARGEST_DOCKERFILE = 4 << 20;

    private final LocalImages images;
    private final BuildCache cache;
    private final Tools tools;
    private final Time time;

    /// Builds into `images`; RUN steps go through `oneShot`, absent base images through `bases`. The cache has
    /// its usual size.
    public Builder(LocalImages images, OneShot oneShot, BaseSource bases, Time time) {
        this(images, oneShot, bases, BuildCache.USUAL_BYTES, time);
    }

    /// The same with a cache of at most `cacheBytes`.
    public Builder(LocalImages images, OneShot oneShot, BaseSource bases, long cacheBytes, Time time) {
        this.images = images;
        this.cache = new BuildCache(images, cacheBytes, time);
        this.tools = Tools.of(images, oneShot, cache, bases, time);
        this.time = time;
    }

    /// Reads the cache, and keeps what it needs from the collector.
    public void start() throws IOException {
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

    /// Unpacks a context, a tar archive, compressed or not, to build from; [#discard] it afterwards.
    ///
    /// @throws DockerfileException when it is none, or a hostile one
    public Path receive(InputStream context) throws IOException {
        Path staged = images.layers().stage("context");
        boolean isDone = false;
        try {
            images.layers().unpackFiles(context, staged);
            isDone = true;
            return staged;
        } catch (ImageFaultException hostile) {
            throw new DockerfileException("build context", 0, hostile.getMessage(), 1, hostile);
        } finally {
            if (!isDone) {
                images.layers().discard(staged);
            }
        }
    }

    /// Deletes a context that was received.
    public void discard(Path context) throws IOException {
        images.layers().discard(context);
    }

    /// Builds from the directory `context`, which is only read. Tells `listener` what happens. Interrupting the
    /// thread cancels at once and leaves nothing half done.
    ///
    /// @throws DockerfileException when the Dockerfile is wrong or a step fails
    public Built build(BuildRequest request, Path context, BuildListener listener)
            throws IOException, InterruptedException {
        List<Reference> tags = request.tags().stream()
                .map(Reference::parse)
                .map(Reference::withDefaultTag)
                .toList();
        MergedTree files = images.layers().merged(List.of(context));
        String file = request.dockerfile();
        String text = read(files, file)
                .orElseThrow(
                        () -> new DockerfileException(file, 0, "Cannot locate specified Dockerfile: " + file, 1, null));
        List<Line> lines = DockerfileParser.parse(file, text, Instructions.keywords());
        Wishes wishes = request.wishes();
        Platform here = images.images().platform();
        Plan plan = Plan.of(
                lines, new Platforms(here, wishes.platform().orElse(here)), wishes.arguments(), wishes.target());
        var source = new SourceTree(files, List.of(context), ignoreFile(files, file));
        var progress = new Progress(listener, time);
        try (Leases.Lease lease = images.content().leases().open();
                CacheUse used = cache.use()) {
            var session = new Session(tools, wishes, plan, source, lease, used, progress);
            Stage result = run(session);
            return finish(session, result, tags);
        } finally {
            cache.enforce();
        }
    }

    private static Stage run(Session session) throws IOException, InterruptedException {
        StepList steps = StepList.of(session.plan(), labels(session));
        session.progress().tell(new BuildEvent.Planned(steps.names()));
        var work = new StageRun(session, steps);
        work.head();
        Stage result = new StageGraph(session.plan(), work).run();
        session.tellUnconsumed();
        return result;
    }

    private Built finish(Session session, Stage result, List<Reference> tags) throws IOException {
        Digest target = result.assemble();
        Digest id = result.id();
        if (tags.isEmpty()) {
            images.images().add("", target);
        }
        session.progress().tell(new BuildEvent.Message("Successfully built " + id.shortHex() + "\n"));
        for (Reference tag : tags) {
            images.images().tag(tag, target);
            session.progress().tell(new BuildEvent.Message("Successfully tagged " + tag.familiar() + "\n"));
        }
        return new Built(id, target, tags);
    }

    /// Labels from the command line come as one more step, as if the Dockerfile ended with them.
    private static List<Line> labels(Session session) {
        Map<String, String> labels = session.wishes().labels();
        if (labels.isEmpty()) {
            return List.of();
        }
        String text = new TreeMap<>(labels)
                .entrySet().stream()
                        .map(label -> quoted(label.getKey()) + "=" + quoted(label.getValue()))
                        .collect(Collectors.joining(" "));
        Line last = session.plan().target().lines().getLast();
        return List.of(last.following("LABEL", text));
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    private static IgnoreFile ignoreFile(MergedTree files, String dockerfile) throws IOException {
        Optional<String> own = read(files, dockerfile + ".dockerignore");
        return (own.isPresent() ? own : read(files, ".dockerignore"))
                .map(IgnoreFile::parse)
                .orElse(IgnoreFile.NONE);
    }

    private static Optional<String> read(MergedTree files, String path) throws IOException {
        Optional<Path> place = files.find(files.resolve(path));
        if (place.isEmpty() || !Files.isRegularFile(place.get(), LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        if (Files.size(place.get()) > LARGEST_DOCKERFILE) {
            throw new DockerfileException(path, 0, "larger than " + LARGEST_DOCKERFILE + " bytes");
        }
        return Optional.of(new String(Files.readAllBytes(place.get()), StandardCharsets.UTF_8));
    }
}
