package dev.longshore.builder;

import dev.longshore.base.Digest;
import dev.longshore.builder.cache.UsedStep;
import dev.longshore.builder.graph.Plan;
import dev.longshore.builder.stage.SourceTree;
import dev.longshore.builder.stage.Stage;
import dev.longshore.images.Descriptor;
import dev.longshore.images.ImageConfig;
import dev.longshore.images.Leases;
import java.io.IOException;
import java.util.List;

/// What a build came to, while all that it is made of is kept: for as long as its [Delivery] works.
public final class BuildResult {

    private final Stage stage;
    private final Digest target;
    private final Plan plan;
    private final Leases.Lease lease;
    private final List<UsedStep> steps;

    BuildResult(Stage stage, Digest target, Plan plan, Leases.Lease lease, List<UsedStep> steps) {
        this.stage = stage;
        this.target = target;
        this.plan = plan;
        this.lease = lease;
        this.steps = List.copyOf(steps);
    }

    /// The image's id.
    public Digest id() {
        return stage.id();
    }

    /// Its manifest, or an index of it and its attestations, which is in the content store and has no name yet.
    public Digest target() {
        return target;
    }

    /// Its configuration.
    public ImageConfig config() {
        return stage.config();
    }

    /// Its layers, bottom first.
    public List<Descriptor> layers() {
        return stage.layers();
    }

    /// Its files.
    public SourceTree files() throws IOException, InterruptedException {
        return stage.files();
    }

    /// What was built.
    public Plan plan() {
        return plan;
    }

    /// Keeps content that is added to the result.
    public Leases.Lease lease() {
        return lease;
    }

    /// Every step that was done or taken from the cache, with what it came to.
    public List<UsedStep> steps() {
        return steps;
    }
}
