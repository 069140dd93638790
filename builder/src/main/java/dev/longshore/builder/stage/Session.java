package dev.longshore.builder.stage;

import dev.longshore.builder.cache.CacheUse;
import dev.longshore.builder.dockerfile.DockerfileException;
import dev.longshore.builder.graph.Plan;
import dev.longshore.builder.progress.Progress;
import dev.longshore.builder.remote.FetchException;
import dev.longshore.images.Leases;
import dev.longshore.images.Platform;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What all stages of a build for one platform share. Thread-safe.
public final class Session implements AutoCloseable {

    private final BuildScope scope;
    private final Wishes wishes;
    private final Plan plan;
    private final SourceTree context;
    private final OpenContexts contexts;
    private final Materials materials = new Materials();
    private final String epochText;
    private Optional<Instant> epoch = Optional.empty();

    /// The part of `scope` that builds `plan` over `context`.
    public Session(BuildScope scope, Wishes wishes, Plan plan, SourceTree context) {
        this.scope = scope;
        this.wishes = wishes;
        this.plan = plan;
        this.context = context;
        this.contexts = new OpenContexts(scope.tools(), wishes.contexts(), scope.bases(), scope.lease(), materials);
        scope.consume(plan.arguments().declared());
        this.epochText = Epoch.text(plan.arguments(), wishes);
    }

    /// Finds out what all stages have to know before one of them begins. Called once.
    ///
    /// @param contextMade when what the build's context was fetched from was made, if anything says so
    /// @throws DockerfileException when SOURCE_DATE_EPOCH is no time
    public void begin(Optional<Instant> contextMade) throws IOException, InterruptedException {
        try {
            epoch = new EpochSource(plan, platform(), wishes.arguments(), contexts, contextMade).resolve(epochText);
        } catch (IllegalArgumentException | FetchException wrong) {
            throw plan.target().lines().getFirst().wrong(wrong.getMessage());
        }
    }

    /// This machine's tools.
    public Tools tools() {
        return scope.tools();
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
        return scope.lease();
    }

    /// Steps of earlier builds, and of this one.
    public CacheUse cache() {
        return scope.cache();
    }

    /// Whom to tell.
    public Progress progress() {
        return scope.progress();
    }

    /// When the result says it was made, if the build says so.
    public Optional<Instant> epoch() {
        return epoch;
    }

    /// True if the build says, or may say, when its result was made.
    boolean isEpochGiven() {
        return !epochText.isEmpty();
    }

    /// What the result runs on.
    public Platform platform() {
        return wishes.platform().orElseGet(() -> tools().images().images().platform());
    }

    /// What it takes from elsewhere.
    public Materials materials() {
        return materials;
    }

    /// Its base images.
    Bases bases() {
        return scope.bases();
    }

    /// What the build has done, for this platform or another.
    OwnSteps steps() {
        return scope.steps();
    }

    /// The contexts that it is given by name.
    OpenContexts contexts() {
        return contexts;
    }

    /// A stage declares the argument `name`.
    void consume(String name) {
        scope.consume(List.of(name));
    }

    /// Lets go what was fetched for this build only.
    @Override
    public void close() throws IOException {
        contexts.close();
    }
}
