package dev.longshore.builder.stage;

import dev.longshore.builder.cache.CacheUse;
import dev.longshore.builder.dockerfile.DockerfileException;
import dev.longshore.builder.graph.Plan;
import dev.longshore.builder.progress.BuildEvent;
import dev.longshore.builder.progress.Progress;
import dev.longshore.images.Leases;
import dev.longshore.images.Platform;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/// What all stages of one build share. Thread-safe.
public final class Session implements AutoCloseable {

    private final Tools tools;
    private final Wishes wishes;
    private final Plan plan;
    private final SourceTree context;
    private final Leases.Lease lease;
    private final CacheUse cache;
    private final Progress progress;
    private final Optional<Instant> epoch;
    private final Bases bases;
    private final OpenContexts contexts;
    private final Materials materials = new Materials();
    private final Set<String> consumed = ConcurrentHashMap.newKeySet();

    /// A build of `plan` over `context`.
    ///
    /// @param lease keeps what the build makes and uses
    /// @param cache as this build uses it
    /// @throws DockerfileException when SOURCE_DATE_EPOCH is no time
    public Session(
            Tools tools,
            Wishes wishes,
            Plan plan,
            SourceTree context,
            Leases.Lease lease,
            CacheUse cache,
            Progress progress) {
        this.tools = tools;
        this.wishes = wishes;
        this.plan = plan;
        this.context = context;
        this.lease = lease;
        this.cache = cache;
        this.progress = progress;
        this.bases = new Bases(tools.images().images(), tools.bases(), wishes.pull(), lease, progress);
        this.contexts = new OpenContexts(tools, wishes.contexts(), bases, lease, materials);
        this.consumed.addAll(plan.arguments().declared());
        try {
            this.epoch = Epoch.of(plan.arguments(), wishes);
        } catch (IllegalArgumentException wrong) {
            throw plan.target().lines().getFirst().wrong(wrong.getMessage());
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

    /// What is done.
    public Plan plan() {
        return plan;
    }

    /// The build's context.
    public SourceTree context() {
        return context;
    }

    /// Keeps what the build makes.
    public Leases.Lease lease() {
        return lease;
    }

    /// Steps of earlier builds, and of this one.
    public CacheUse cache() {
        return cache;
    }

    /// Whom to tell.
    public Progress progress() {
        return progress;
    }

    /// When the result says it was made, if the build says so.
    public Optional<Instant> epoch() {
        return epoch;
    }

    /// What the result runs on.
    public Platform platform() {
        return wishes.platform().orElseGet(() -> tools.images().images().platform());
    }

    /// What it takes from elsewhere.
    public Materials materials() {
        return materials;
    }

    /// Its base images.
    Bases bases() {
        return bases;
    }

    /// The contexts that it is given by name.
    OpenContexts contexts() {
        return contexts;
    }

    /// A stage declares the argument `name`.
    void consume(String name) {
        consumed.add(name);
    }

    /// Tells of arguments from the command line that nothing declares.
    public void tellUnconsumed() {
        var left = new TreeSet<>(wishes.arguments().keySet());
        left.removeAll(consumed);
        left.removeIf(KnownArguments::needsNoDeclaration);
        if (!left.isEmpty()) {
            progress.tell(new BuildEvent.Message("[Warning] One or more build-args " + left + " were not consumed\n"));
        }
    }

    /// Lets go what was fetched for this build only.
    @Override
    public void close() throws IOException {
        contexts.close();
    }
}
