package dev.longshore.builder.stage;

import dev.longshore.builder.cache.CacheUse;
import dev.longshore.builder.progress.BuildEvent;
import dev.longshore.builder.progress.Progress;
import dev.longshore.images.Leases;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/// One build, however many platforms it is for: what its [Session]s have in common. Thread-safe.
public final class BuildScope {

    private final Tools tools;
    private final Leases.Lease lease;
    private final CacheUse cache;
    private final Progress progress;
    private final Bases bases;
    private final OwnSteps steps = new OwnSteps();
    private final Set<String> consumed = ConcurrentHashMap.newKeySet();

    /// A build.
    ///
    /// @param isPulling whether base images are looked for anew
    /// @param lease keeps what the build makes and uses
    /// @param cache as this build uses it
    public BuildScope(Tools tools, boolean isPulling, Leases.Lease lease, CacheUse cache, Progress progress) {
        this.tools = tools;
        this.lease = lease;
        this.cache = cache;
        this.progress = progress;
        this.bases = new Bases(tools.images().images(), tools.bases(), isPulling, lease, progress);
    }

    /// This machine's tools.
    public Tools tools() {
        return tools;
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

    /// The base images.
    Bases bases() {
        return bases;
    }

    /// What this build has done.
    OwnSteps steps() {
        return steps;
    }

    /// A stage declares the arguments `names`.
    void consume(Collection<String> names) {
        consumed.addAll(names);
    }

    /// Tells of those of `arguments`, from the command line, that nothing declares.
    public void tellUnconsumed(Set<String> arguments) {
        var left = new TreeSet<>(arguments);
        left.removeAll(consumed);
        left.removeIf(KnownArguments::needsNoDeclaration);
        if (!left.isEmpty()) {
            progress.tell(new BuildEvent.Message("[Warning] One or more build-args " + left + " were not consumed\n"));
        }
    }
}
